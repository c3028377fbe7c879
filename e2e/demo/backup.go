package main

import (
	"context"
	"fmt"
	"time"

	"github.com/crossdr/crossdr/e2e/world"
)

// backups are those of a plan of AWS Backup: of all databases of either region,
// copied to the other one.
type backups struct {
	world   *world.World
	outages *outages
	jobs    int
}

// back backs the databases of a region up.
func (b *backups) back(ctx context.Context, from, to string) error {
	b.jobs++

	_, err := b.world.Backup(ctx, from, to, fmt.Sprintf("backup-%04d", b.jobs))

	return err
}

// run makes one backup after the other until the context is done.
func (b *backups) run(ctx context.Context) {
	const every = 20 * time.Second

	for t := time.NewTicker(every); ; {
		select {
		case <-ctx.Done():
			t.Stop()

			return
		case <-t.C:
		}

		for _, way := range [][2]string{{east, west}, {west, east}} {
			if !b.outages.answers(east) || !b.outages.answers(west) {
				continue
			}

			one, cancel := context.WithTimeout(ctx, every)

			// What fails, as a region has just gone dark or a database is on its
			// way, is made the next time.
			_ = b.back(one, way[0], way[1])

			cancel()
		}
	}
}
