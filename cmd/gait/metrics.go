package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/replay"
	"github.com/gaithq/gait/store/sqlite"
)

// metrics are what an operator watches. docs/configure.md lists them.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	batches  map[ingest.Reason]prometheus.Counter
	stored   prometheus.Histogram
	unknown  prometheus.Counter
	chunks   map[replay.Reason]prometheus.Counter
	recorded prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gait_http_requests_total", Help: "Requests by the status they were answered with.",
		}, []string{"code"}),
		batches: map[ingest.Reason]prometheus.Counter{},
		stored: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "gait_batch_store_seconds", Help: "Time that storing a batch durably took.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		unknown: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "gait_clients_unknown_total", Help: "Batches whose client a trusted proxy did not name.",
		}),
		chunks: map[replay.Reason]prometheus.Counter{},
		recorded: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "gait_replay_body_bytes_total", Help: "Bytes of the chunks of replays that were accepted, as they came.",
		}),
	}
	batches := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gait_batches_total", Help: "Batches by what became of them.",
	}, []string{"reason"})
	for _, r := range ingest.Reasons() {
		m.batches[r] = batches.WithLabelValues(string(r))
	}
	chunks := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gait_replay_chunks_total", Help: "Chunks of replays by what became of them.",
	}, []string{"reason"})
	for _, r := range replay.Reasons() {
		m.chunks[r] = chunks.WithLabelValues(string(r))
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "gait_build_info", Help: "1, with the version.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, batches, m.stored, m.unknown, chunks, m.recorded, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// batch counts how a request of a page ended.
func (m *metrics) batch(o ingest.Outcome) {
	if c, ok := m.batches[o.Reason]; ok {
		c.Inc()
	}
	if o.Stored > 0 {
		m.stored.Observe(o.Stored.Seconds())
	}
	if o.Anonymous && (o.Reason == ingest.Accepted || o.Reason == ingest.Duplicate) {
		m.unknown.Inc()
	}
}

// chunk counts how a recorder's request ended.
func (m *metrics) chunk(o replay.Outcome) {
	if c, ok := m.chunks[o.Reason]; ok {
		c.Inc()
	}
	m.recorded.Add(float64(o.Bytes))
}

// watch adds what a server's parts say of themselves when they are asked.
func (m *metrics) watch(s *server) {
	gauge := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	counter := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
	}
	gauge("gait_batches_in_flight", "Batches being taken in.", func() float64 { return float64(s.ingest.Stats().Requests) })
	gauge("gait_batch_body_bytes", "Bytes of batches in memory.", func() float64 { return float64(s.ingest.Stats().Bytes) })
	gauge("gait_rate_sessions", "Sessions remembered to count their batches.", func() float64 { return float64(s.ingest.Stats().Sessions) })
	gauge("gait_rate_addresses", "Addresses remembered to count their new sessions.", func() float64 { return float64(s.ingest.Stats().Addresses) })
	gauge("gait_sessions_stale", fmt.Sprintf("Sessions whose row is behind, counted up to %d.", maxStale), func() float64 { return s.stale() })
	gauge("gait_sessions_live", "Sessions folded in memory.", func() float64 { return float64(s.judge.Live()) })
	counter("gait_session_rebuilds_total", "Sessions folded again from what is stored.", func() float64 { return float64(s.judge.Rebuilds()) })
	if s.replays != nil {
		gauge("gait_replay_stored_bytes", "Bytes that all replays take.", func() float64 { return float64(s.replays.Stats().Stored) })
		counter("gait_replay_chunks_deleted_total", "Chunks of replays that were deleted.", func() float64 { return float64(s.replays.Stats().Deleted) })
	}
	if store, ok := s.store.(interface{ Stats() sqlite.Stats }); ok {
		gauge("gait_store_queue_length", "Writes that wait for their commit.", func() float64 { return float64(store.Stats().Queued) })
		counter("gait_store_commits_total", "Transactions committed.", func() float64 { return float64(store.Stats().Commits) })
		counter("gait_store_writes_total", "Writes in them.", func() float64 { return float64(store.Stats().Jobs) })
		counter("gait_store_failed_commits_total", "Transactions rolled back.", func() float64 { return float64(store.Stats().Failed) })
	}
	m.registry.MustRegister(addressFileMetrics{s})
}

// maxStale is how far stale sessions are counted.
const maxStale = 1000

// stale returns how many sessions have rows that are behind, -1 if that cannot be told.
func (s *server) stale() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	list, err := s.store.Stale(ctx, maxStale)
	if err != nil {
		return -1
	}
	return float64(len(list))
}

// addressFileMetrics tells how the address files stand.
type addressFileMetrics struct{ *server }

// The files' metrics. Labels are the source and the file's version without its
// path.
func addressFileDescs() (built, entries, failures *prometheus.Desc) {
	labels := []string{"source", "file"}
	return prometheus.NewDesc("gait_address_file_timestamp_seconds", "When the file's content was made.", labels, nil),
		prometheus.NewDesc("gait_address_file_entries", "Entries of the file.", labels, nil),
		prometheus.NewDesc("gait_address_file_failures_total", "Tries to load the file that failed.", labels, nil)
}

// Describe implements prometheus.Collector.
func (a addressFileMetrics) Describe(ch chan<- *prometheus.Desc) {
	built, entries, failures := addressFileDescs()
	ch <- built
	ch <- entries
	ch <- failures
}

// Collect implements prometheus.Collector.
func (a addressFileMetrics) Collect(ch chan<- prometheus.Metric) {
	built, entries, failures := addressFileDescs()
	for _, f := range a.intel.Files() {
		at := 0.0 // our own list has no date
		if !f.Built.IsZero() {
			at = float64(f.Built.Unix())
		}
		ch <- prometheus.MustNewConstMetric(built, prometheus.GaugeValue, at, f.Source, f.Path)
		ch <- prometheus.MustNewConstMetric(entries, prometheus.GaugeValue, float64(f.Entries), f.Source, f.Path)
		ch <- prometheus.MustNewConstMetric(failures, prometheus.CounterValue, float64(f.Failures), f.Source, f.Path)
	}
}

// handler answers /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
}

// mux is what the metrics' own address answers.
func (m *metrics) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	return mux
}

// count counts what a handler answers.
func (m *metrics) count(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &counted{ResponseWriter: w, code: http.StatusOK}
		h.ServeHTTP(c, r)
		m.requests.WithLabelValues(strconv.Itoa(c.code)).Inc()
	})
}

// counted remembers the status.
type counted struct {
	http.ResponseWriter
	code int
	told bool
}

// WriteHeader remembers the first status that ends the head.
func (c *counted) WriteHeader(code int) {
	if !c.told && code >= 200 {
		c.code, c.told = code, true
	}
	c.ResponseWriter.WriteHeader(code)
}

func (c *counted) Write(p []byte) (int, error) {
	c.told = true
	return c.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Flush is for wrappers that look for an http.Flusher, as the one that compresses does.
func (c *counted) Flush() {
	_ = http.NewResponseController(c.ResponseWriter).Flush() // who streams learns it from the next write
}
