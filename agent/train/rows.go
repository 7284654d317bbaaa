package main

import (
	"sync"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
	"github.com/gaithq/gait/session"
)

// row is what was seen of a subject at one moment.
type row struct {
	who   *subject
	cut   int // which of the sessions cut out of it
	stage int
	n     int // evidence
	x     agent.Vector
}

// from is where the stages of each modality begin, in its evidence.
var from = map[agent.Modality][]int{
	agent.Typing:   {20, 40, 80, 160, 400},
	agent.Pointing: {5, 8},
}

// kind is the event that a modality's evidence is made of.
var kind = map[agent.Modality]gait.Kind{agent.Typing: gait.KeyDown, agent.Pointing: gait.Press}

func stageOf(q agent.Modality, n int) int {
	stage := -1
	for i, least := range from[q] {
		if n >= least {
			stage = i
		}
	}
	return stage
}

// play folds events as a page sends them, once a second, and calls visit with what
// is known after each batch until it returns false.
func play(h hand, visit func(*gait.Features) bool) {
	var s session.State
	for seq := uint32(0); len(h) > 0; seq++ {
		n := 1
		for n < len(h) && h[n].T-h[0].T < ticks(1000) {
			n++
		}
		b := gait.Batch{Seq: seq, Sent: h[n-1].T, Arrived: int64(h[n-1].T) / gait.TicksPerMillisecond, Events: h[:n]}
		s.Add(&b)
		if !visit(s.Features()) {
			return
		}
		h = h[n:]
	}
}

// windows cuts sessions out of the subject's, and returns what is seen of each in
// every stage, at a random moment of it.
func windows(q agent.Modality, s *subject, count int) []row {
	c := seeded("windows", s.set, s.name)
	var rows []row
	for i := range count {
		h := s.hands[c.IntN(len(s.hands))]
		if i >= len(s.hands) {
			h = h[start(c.IntN(1+len(h)*9/10), h, kind[q]):]
		}
		if s.person && q == agent.Typing && i%2 == 1 {
			if h = fluent(c, h[:min(len(h), 4000)]); i%4 == 1 {
				h = spotless(h)
			}
		}
		if s.person && q == agent.Pointing && i%2 == 1 && s.fit {
			h = otherHands(c, h[:min(len(h), 6000)])
		}
		h = confound(c, kind[q], h[:min(len(h), 6000)])
		wanted := make([]int, len(from[q]))
		for k, least := range from[q] {
			most := 4 * least
			if k+1 < len(from[q]) {
				most = from[q][k+1]
			}
			wanted[k] = int(logBetween(c, float64(least), float64(most)))
		}
		k := 0
		play(h, func(f *gait.Features) bool {
			n := q.Evidence(f)
			for k < len(wanted) && n >= wanted[k] {
				if stageOf(q, n) == k {
					rows = append(rows, row{who: s, cut: i, stage: k, n: n, x: q.Vector(f)})
				}
				k++
			}
			return k < len(wanted)
		})
	}
	return rows
}

// start returns the first event from i on that a session can begin with.
func start(i int, h hand, k gait.Kind) int {
	for i < len(h) && h[i].Kind != k {
		i++
	}
	if i == len(h) {
		return 0
	}
	return i
}

// parallel calls do with each of 0 to n-1 on two workers.
func parallel(n int, do func(int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range 2 {
		group.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// rowsOf cuts windows out of every subject.
func rowsOf(q agent.Modality, list []*subject) []row {
	parts := make([][]row, len(list))
	parallel(len(list), func(i int) { parts[i] = windows(q, list[i], list[i].windows) })
	var rows []row
	for _, p := range parts {
		rows = append(rows, p...)
	}
	return rows
}

// only returns the rows of a stage that keep lets pass.
func only(rows []row, stage int, keep func(*subject) bool) []row {
	var list []row
	for _, r := range rows {
		if r.stage == stage && keep(r.who) {
			list = append(list, r)
		}
	}
	return list
}
