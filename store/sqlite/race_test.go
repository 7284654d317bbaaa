//go:build race

package sqlite

// sweepUnderRace makes the sweeps over all calls of the file system take one in so
// many. The race detector makes each ten times slower, and what they find they find
// without it: make test-go runs them whole, make test-faults under the detector.
const sweepUnderRace = 16
