package failover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// accept is the command that lets a blocker pass, for the epoch that is asked
// for and no other.
func (c *consideration) accept(code Code) string {
	codes := append(slices.Clone(c.activation().Accept), code)
	slices.Sort(codes)

	quoted := make([]string, 0, len(codes))
	for _, code := range slices.Compact(codes) {
		quoted = append(quoted, `"`+string(code)+`"`)
	}

	return c.amend("accept", "["+strings.Join(quoted, ",")+"]")
}

// consent is the command that consents to a loss, for the epoch that is asked
// for and no other.
func (c *consideration) consent(d time.Duration) string {
	return c.amend("maxDataLoss", `"`+short(d)+`"`)
}

// amend is the command that sets one field of the activation. It fails if
// another epoch is asked for by then.
func (c *consideration) amend(field, value string) string {
	return c.patch(c.amendment(field, value)...)
}

func (c *consideration) amendment(field, value string) []string {
	return []string{
		fmt.Sprintf(`{"op":"test","path":"/spec/forProvider/activation/epoch","value":%d}`, c.activation().Epoch),
		add("activation/"+field, value),
	}
}

// activate is the command that asks for an activation, and nothing of the one
// before it.
func (c *consideration) activate(fields string) string {
	return c.patch(add("activation", "{"+fields+"}"))
}

// stated are the operations that say how things are: as the activation asks, or,
// where there is none, as is to be filled in. That is refused as it stands.
func (c *consideration) stated() []string {
	if c.request.Activation != nil {
		return c.amendment("adopt", "true")
	}

	return []string{add("activation", `{"region":"REGION","epoch":EPOCH,"adopt":true}`)}
}

// What is removed from a FailoverTarget.
const (
	removeAnnotation = `{"op":"remove","path":"/metadata/annotations/crossdr.io~1decision"}`
	removeRecord     = `{"op":"remove","path":"/spec/forProvider/record"}`
)

// add is the operation that sets a field, and all that is in it.
func add(field, value string) string {
	return fmt.Sprintf(`{"op":"add","path":"/spec/forProvider/%s","value":%s}`, field, value)
}

func (c *consideration) patch(operations ...string) string {
	return patch(c.facts.Target, operations...)
}

// patch is the command that changes a target.
func patch(t Name, operations ...string) string {
	return fmt.Sprintf("kubectl -n %s patch failovertargets.aws.m.crossdr.io %s --type=json -p '[%s]'", t.Namespace, t.Name, strings.Join(operations, ","))
}

// rounded says an age in words that change seldom, and which consent would be
// enough for it and for the minutes until it is given. The status holds both,
// and each write of it renders every XR.
func rounded(age time.Duration) (words string, enough time.Duration) {
	step := 5 * time.Minute
	if age >= 2*time.Hour {
		step = 30 * time.Minute
	}

	floor := age.Truncate(step)
	words = "more than " + short(floor)

	if floor == 0 {
		words = "less than " + short(step)
	}

	return words, floor + 2*step
}

// short writes a duration as people do: 15m rather than 15m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}

	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}

	return s
}

// stamp writes a time.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// epoch writes an epoch.
func epoch(n int64) string { return fmt.Sprintf("epoch %d", n) }

func compareNames(a, b Name) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
