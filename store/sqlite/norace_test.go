//go:build !race

package sqlite

// sweepUnderRace leaves the sweeps whole.
const sweepUnderRace = 1
