package render

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// An Owner is the XR or, where there is one, the claim that copies are named
// after. It is the same after a rebuild from Git, which an XR's uid, or the
// name of a claim's XR, is not.
type Owner struct {
	Group     string
	Kind      string
	Namespace string
	Name      string
}

// hashLength keeps two owners of one name apart. 8 characters of base32 are 40
// bits: among a thousand owners of one name, one in two million times two of
// them meet.
const hashLength = 8

// CopyName returns the name of a copy: NAME-KEY-HASH, cut to the limit. A name
// that is cut has the key in its hash, so that two long keys stay apart.
func (o Owner) CopyName(key string, limit int) string {
	name := o.Name + "-" + key
	if len(name)+1+hashLength <= limit {
		return name + "-" + o.hash("")
	}

	return strings.TrimRight(name[:max(0, limit-1-hashLength)], "-.") + "-" + o.hash(key)
}

// Identity returns the name of a copy on AWS, where it is an argument. Such
// names start with a letter and have no dots, which an owner's may.
func (o Owner) Identity(key string, limit int) string {
	name := strings.ReplaceAll(o.Name, ".", "-")
	if name != "" && (name[0] < 'a' || name[0] > 'z') {
		name = "x" + name
	}

	if name == o.Name {
		return o.CopyName(key, limit)
	}

	// The hash stays that of the real name.
	end := "-" + key + "-" + o.hash(key)

	return strings.TrimRight(name[:max(0, min(len(name), limit-len(end)))], "-") + end
}

// Suffixed returns a name that somebody chose for the home copy, told apart by
// a suffix.
func (o Owner) Suffixed(name, suffix string, limit int) string {
	whole := name + suffix
	if len(whole) <= limit {
		return whole
	}

	return strings.TrimRight(whole[:max(0, limit-1-hashLength)], "-.") + "-" + o.hash(whole)
}

func (o Owner) hash(extra string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{o.Group, o.Kind, o.Namespace, o.Name, extra}, "\x00")))

	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:hashLength])
}
