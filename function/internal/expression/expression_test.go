package expression

import "testing"

func TestX(t *testing.T) {
	tpl, f := Compile(map[string]any{"a": "${cidrSubnet(xr.spec.cidr, 4, zone.index)}", "b": "x-${region.name}-${zone.id}", "c": "${serving.db.status.endpoint}", "d": "${firstOffered(['m8', 'm7'])}", "e": "${region.zones.map(z, z.id)}", "f": "${xr.spec.?foo}", "g": "${region.nme}", "h": "$${aws:user}", "i": "${region}", "p": "${region.parameters.kms}"}, nil)
	t.Log(tpl.Serving(), tpl.NeedsZone(), f)
	r := tpl.Evaluate(&Variables{XR: map[string]any{"spec": map[string]any{"cidr": "10.0.0.0/16"}}, Region: &Region{Name: "us-west-2", Zones: []any{map[string]any{"id": "usw2-az1"}}, Parameters: map[string]any{"kms": int64(3)}}, Zone: &Zone{ID: "usw2-az2", Index: 1}, Offered: map[string]bool{"m8": false}}, nil, nil)
	t.Logf("%v\n%v\n%v", r.Value, r.Missing, r.Faults)
}
