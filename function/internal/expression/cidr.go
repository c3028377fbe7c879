package expression

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"
)

// CIDRSubnet returns the subnet of prefix that is bits longer and has the
// given index, as Terraform's cidrsubnet does: CIDRSubnet("10.0.0.0/16", 4, 2)
// is 10.0.32.0/20.
func CIDRSubnet(prefix string, bits, index int64) (string, error) {
	p, err := netip.ParsePrefix(prefix)
	if err != nil {
		return "", fmt.Errorf("cidrSubnet: %q is not a CIDR block", prefix)
	}

	width := int64(p.Addr().BitLen())

	length := int64(p.Bits()) + bits
	if bits < 0 || bits > width || length > width {
		return "", fmt.Errorf("cidrSubnet: %s can't be extended by %d bits", prefix, bits)
	}

	number := big.NewInt(index)
	if index < 0 || int64(number.BitLen()) > bits {
		return "", fmt.Errorf("cidrSubnet: %d more bits have no subnet number %d", bits, index)
	}

	base := new(big.Int).SetBytes(p.Masked().Addr().AsSlice())
	base.Or(base, number.Lsh(number, uint(width-length))) //nolint:gosec // length is at most width, as checked above.

	addr, ok := netip.AddrFromSlice(base.FillBytes(make([]byte, width/8)))
	if !ok {
		return "", errors.New("cidrSubnet: no such address")
	}

	return netip.PrefixFrom(addr, int(length)).String(), nil
}
