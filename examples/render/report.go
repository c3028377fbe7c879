package main

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// width that lines are kept to.
const width = 110

// legend of the marks.
const legend = "  + created   = unchanged   ~ changed   ! fenced   . waits   - leaves\n"

// heading of a step.
func heading(name string) string {
	title := "== " + name + " "

	return "\n" + title + strings.Repeat("=", max(0, width-len(title))) + "\n\n"
}

// report of one step.
func (r *result) report() string {
	var b strings.Builder

	if r.fatal != "" {
		b.WriteString("FATAL, and so nothing changes in the cluster:\n\n")

		for line := range strings.Lines(r.fatal) {
			b.WriteString(wrap(strings.TrimSpace(line), "  ", "    "))
		}

		return b.String()
	}

	fmt.Fprintf(&b, "%s %s\n\n", r.xr.GetKind(), strings.TrimPrefix(r.xr.GetNamespace()+"/"+r.xr.GetName(), "/"))
	b.WriteString(r.decision())
	b.WriteString("\n" + r.conditions())
	b.WriteString("\n" + r.table() + "\n" + legend)

	if len(r.status.WaitingFor) > 0 {
		b.WriteString("\nWaits\n")
		b.WriteString(r.waiting("  "))
	}

	for i, w := range r.warnings {
		if i == 0 {
			b.WriteString("\nWarnings\n")
		}

		b.WriteString(wrap(w, "  ", "    "))
	}

	return b.String()
}

func (r *result) decision() string {
	s := "  existed before  " + count(len(r.observed), "composed resource") + "\n"
	if r.status.ActiveRegion == "" {
		return s
	}

	s += fmt.Sprintf("  active region   %s, epoch %d\n", r.status.ActiveRegion, r.status.Epoch)

	if st := r.status.Strategy; st != nil {
		because := st.Because
		if !strings.HasPrefix(because, string(st.Name)) {
			because = string(st.Name) + ", because " + because
		}

		s += wrap("strategy        "+because, "  ", column)
	}

	if f := r.status.LastFailover; f != nil {
		s += fmt.Sprintf("  last failover   from %s to %s at epoch %d\n", f.From, f.To, f.Epoch)
	}

	return s
}

// conditions of the XR, without the one that is Crossplane's own business.
func (r *result) conditions() string {
	var b strings.Builder

	list, _, _ := unstructured.NestedSlice(r.xr.Object, "status", "conditions")
	for _, c := range list {
		m, _ := c.(map[string]any)

		kind := text(m, "type")
		if kind == "Responsive" {
			continue
		}

		line := fmt.Sprintf("%-10s %-6s %-20s %s", kind, text(m, "status"), text(m, "reason"), text(m, "message"))
		b.WriteString(wrap(strings.TrimSpace(line), "  ", strings.Repeat(" ", 41)))
	}

	return b.String()
}

func (r *result) table() string {
	lines := make([][]string, 0, 1+len(r.rows))
	lines = append(lines, []string{"  KEY", "KIND", "REGION", "ZONE", "ROLE", "CHANGE"})

	for _, row := range r.rows {
		lines = append(lines, []string{
			row.mark + " " + row.key, row.kind, orDash(row.region), orDash(row.zone), orDash(row.role), row.note,
		})
	}

	widths := make([]int, len(lines[0]))

	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}

	var b strings.Builder

	for _, line := range lines {
		s := ""
		for i, cell := range line {
			s += "  " + cell + strings.Repeat(" ", widths[i]-len(cell))
		}

		s = strings.TrimRight(s, " ")
		b.WriteString(wrap(s[1:], " ", "     "))
	}

	return b.String()
}

func (r *result) waiting(indent string) string {
	var b strings.Builder
	for _, s := range r.status.WaitingFor {
		b.WriteString(wrap(s, indent, indent+"  "))
	}

	return b.String()
}

// count says how many there are of something.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}

	return fmt.Sprintf("%d %s", n, what)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}

	return s
}

// wrap breaks a sentence into lines. The words of a text that is aligned
// already keep the spaces between them.
func wrap(s, first, rest string) string {
	line := first + s

	var b strings.Builder

	for len(line) > width {
		at := strings.LastIndexByte(line[:width+1], ' ')
		if at <= len(rest) {
			break
		}

		b.WriteString(strings.TrimRight(line[:at], " ") + "\n")
		line = rest + line[at+1:]
	}

	return b.String() + line + "\n"
}
