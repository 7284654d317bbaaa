//go:build !race

package storetest

// checksUnderRace leaves the model as many runs as rapid is told to make.
const checksUnderRace = ""
