package inventory

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestLagTimes(t *testing.T) {
	at := func(minutes ...int) (out []time.Time) {
		for _, m := range minutes {
			out = append(out, data.Add(time.Duration(m)*time.Minute))
		}

		return out
	}

	cases := map[string]struct {
		reason string
		in     cloudwatchtypes.MetricDataResult
		want   lagTimes
	}{
		"NewestSample": {
			reason: "The data is as old as the sample is, and the lag older.",
			in:     cloudwatchtypes.MetricDataResult{Timestamps: at(3, 2, 1), Values: []float64{30, 30, 30}},
			want:   lagTimes{"standby": data.Add(150 * time.Second)},
		},
		"WhatWasReceivedStays": {
			reason: "A lag that grows takes nothing away from what was there before.",
			in:     cloudwatchtypes.MetricDataResult{Timestamps: at(3, 2, 1), Values: []float64{600, 300, 0.5}},
			want:   lagTimes{"standby": data.Add(59500 * time.Millisecond)},
		},
		"NothingReplicated": {
			reason: "A lag below zero is none.",
			in:     cloudwatchtypes.MetricDataResult{Timestamps: at(3, 2, 1), Values: []float64{-1, -1, 60}},
			want:   lagTimes{"standby": data},
		},
		"NoSamples": {
			reason: "Without a sample nothing is known.",
			in:     cloudwatchtypes.MetricDataResult{},
			want:   lagTimes{},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := lagTimes{}
			got.add("standby", &tc.in, time.Second)

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nadd(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRestless(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 34, 56, 789, time.UTC)

	cases := map[string]struct {
		reason string
		maxAge *time.Duration
		want   time.Time
	}{
		"NoMaxAge": {reason: "Nobody has to know it to the second.", want: time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)},
		"Day":      {reason: "More than five minutes is never made of it.", maxAge: new(24 * time.Hour), want: time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)},
		"Minutes":  {reason: "It is told to a tenth of what is allowed.", maxAge: new(10 * time.Minute), want: time.Date(2026, 11, 20, 12, 34, 0, 0, time.UTC)},
		"Zero":     {reason: "Who allows nothing gets seconds.", maxAge: new(time.Duration(0)), want: time.Date(2026, 11, 20, 12, 34, 56, 0, time.UTC)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := &Request{Request: snapshot.Request{MaxAge: tc.maxAge}}

			if diff := cmp.Diff(tc.want, r.restless(now)); diff != "" {
				t.Errorf("%s\nrestless(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	early, late := data.Add(time.Second), data.Add(time.Hour+time.Second)

	cases := map[string]struct {
		reason           string
		earliest, latest *time.Time
		want             *Window
	}{
		"Rounded": {reason: "Its ends are rounded inwards.", earliest: &early, latest: &late, want: &Window{Earliest: data.Add(13 * time.Minute), Latest: data.Add(58 * time.Minute)}},
		"Open":    {reason: "Without an end it is none.", earliest: &early},
		"Short":   {reason: "What is shorter than the rounding is not told.", earliest: &early, latest: aws.Time(early.Add(time.Minute))},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, window(tc.earliest, tc.latest)); diff != "" {
				t.Errorf("%s\nwindow(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
