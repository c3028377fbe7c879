package failover

import "testing"

// Without the field of the API that says so, the data epoch follows from the
// decision, as the function reads it.
func TestReportedDataEpoch(t *testing.T) {
	cases := map[string]struct {
		reason   string
		reported Decision
		want     int64
	}{
		"Stated":   {reason: "What is stated counts.", reported: Decision{Region: west, Epoch: 3, DataEpoch: 2, From: west}, want: 2},
		"Moved":    {reason: "What changed the region moved the data.", reported: Decision{Region: west, Epoch: 3, From: east}, want: 3},
		"Restored": {reason: "What restored in place did, too.", reported: Decision{Region: west, Epoch: 3, From: west, Restore: true}, want: 3},
		"TookOver": {reason: "What only took over did not.", reported: Decision{Region: west, Epoch: 3, From: west}, want: 1},
		"Nothing":  {reason: "No decision has no epoch."},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.reported.dataEpoch(); got != tc.want {
				t.Errorf("%s\ngot %d, want %d", tc.reason, got, tc.want)
			}
		})
	}
}
