// Package emulator stands in for AWS in tests: one strict HTTP server for all
// accounts, regions and services.
//
// It speaks the real wire protocols, so that unmodified clients of
// aws-sdk-go-v2 work against it. What it does not know it refuses, with the
// error code of the real service: an action, a parameter or a filter is never
// silently ignored. Tests seed what the APIs can't set, inject faults, and read
// back every call:
//
//	clock := emulator.NewClock(time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC))
//	aws := emulator.New(clock.Now)
//	server := httptest.NewServer(aws)
//	defer server.Close()
//
//	account := aws.Account("111122223333")
//	account.AddAccessKey("AKIATEST", "secret")
//	account.Region("us-west-2").AddDBSnapshot(emulator.DBSnapshot{Identifier: "s", InstanceIdentifier: "payments"})
//
//	dark := aws.Inject(emulator.Scope{Region: "us-east-1"}, emulator.Hang())
//	aws.Forbid(emulator.Scope{Region: "us-east-1"})
//	// … drive the code under test: BaseEndpoint server.URL, HTTPClient emulator.Client() …
//	dark.Clear()
//	calls := aws.Calls(emulator.Scope{Service: "rds"})
//	violations := aws.Violations()
package emulator
