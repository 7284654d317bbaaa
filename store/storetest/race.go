//go:build race

package storetest

// checksUnderRace is how many runs of the model the race detector watches. It
// makes each ten times slower, and the model has only one caller: what it finds
// it finds without the detector, in all of rapid's usual 100 runs.
const checksUnderRace = "30"
