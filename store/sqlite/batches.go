package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math"

	"github.com/gaithq/gait"
)

const (
	insertBatch = `
INSERT INTO batches (workspace, session, page, seq, secret, arrived, data) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`
	selectBatch  = `SELECT 1 FROM batches WHERE workspace = ? AND session = ? AND page = ? AND seq = ?`
	countBatches = `SELECT count(*) FROM batches WHERE workspace = ? AND session = ?`
	// selectBatches returns the records behind a page and sequence number.
	selectBatches = `
SELECT page, seq, secret, arrived, data FROM batches
WHERE workspace = ? AND session = ? AND (page, seq) > (?, ?)
ORDER BY page, seq LIMIT ?`
)

// chunk is how many records Batches reads at a time.
const chunk = 64

// Append implements gait.BatchStore.
func (s *Store) Append(ctx context.Context, r gait.Record) (gait.Receipt, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Receipt{}, err
	}
	defer done()
	// If ctx is cancelled, the caller has its slice back before it is written.
	// A slice that is not nil is a blob, if an empty one.
	r.Data = append(make([]byte, 0, len(r.Data)), r.Data...)
	var receipt gait.Receipt
	limits := s.writer.config.Limits
	err = s.writer.do(ctx, 1, func(t *tx) (err error) {
		receipt, err = t.append(r, limits)
		return err
	})
	if err != nil {
		return gait.Receipt{}, err
	}
	return receipt, nil
}

// append stores r, or refuses it.
func (t *tx) append(r gait.Record, limits gait.SessionLimits) (gait.Receipt, error) {
	ref := gait.SessionRef{Workspace: r.Workspace, Session: r.Session}
	x, err := t.session(ref)
	if err != nil {
		return gait.Receipt{}, err
	}
	if x.batches > 0 && x.secret != r.Secret {
		return gait.Receipt{}, gait.Errorf(gait.Forbidden, "the session has another secret")
	}
	if refusal := beyond(limits, x, len(r.Data)); refusal != nil {
		stored, err := t.has(r)
		if err != nil {
			return gait.Receipt{}, err
		}
		if !stored {
			return gait.Receipt{}, refusal
		}
		return gait.Receipt{Duplicate: true, Batches: x.batches}, nil
	}
	result, err := t.exec(insertBatch, int64(r.Workspace), r.Session[:], r.Page[:], int64(r.Seq), r.Secret[:], r.Arrived, r.Data)
	if err != nil {
		return gait.Receipt{}, err
	}
	if n, err := result.RowsAffected(); err != nil {
		return gait.Receipt{}, err
	} else if n == 0 {
		t.stage(ref, x)
		return gait.Receipt{Duplicate: true, Batches: x.batches}, nil
	}
	if !x.stale {
		if _, err := t.exec(insertStale, int64(r.Workspace), r.Session[:]); err != nil {
			return gait.Receipt{}, err
		}
	}
	x = session{secret: r.Secret, batches: x.batches + 1, bytes: x.bytes + int64(len(r.Data)), stale: true}
	t.stage(ref, x)
	return gait.Receipt{Batches: x.batches}, nil
}

// beyond refuses n more bytes to x if that is beyond the limits.
func beyond(limits gait.SessionLimits, x session, n int) *gait.Error {
	if limits.Batches > 0 && x.batches+1 > limits.Batches {
		return gait.Errorf(gait.TooLarge, "the session has %d batches, and no more fit", x.batches)
	}
	if limits.Bytes > 0 && x.bytes+int64(n) > limits.Bytes {
		return gait.Errorf(gait.TooLarge, "the session has %d bytes, and %d more do not fit", x.bytes, n)
	}
	return nil
}

// has says whether r's key is stored.
func (t *tx) has(r gait.Record) (bool, error) {
	var one int
	err := t.get(selectBatch, []any{int64(r.Workspace), r.Session[:], r.Page[:], int64(r.Seq)}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Batches implements gait.BatchStore. It reads some records at a time and holds
// nothing while it yields them: yield may take its time and may call the store.
// A record that is appended meanwhile is yielded or not.
func (s *Store) Batches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID, yield func(gait.Record) bool) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	page, seq := []byte{}, int64(math.MinInt64) // before every page
	for {
		records, err := s.batchesBehind(ctx, w, id, page, seq)
		if err != nil {
			return failure(err, "the session's batches cannot be read")
		}
		for _, r := range records {
			if !yield(r) {
				return nil
			}
		}
		if len(records) < chunk {
			return nil
		}
		last := &records[chunk-1]
		page, seq = last.Page[:], int64(last.Seq)
	}
}

// batchesBehind returns at most chunk records.
func (s *Store) batchesBehind(ctx context.Context, w gait.WorkspaceID, id gait.SessionID, page []byte, seq int64) ([]gait.Record, error) {
	rows, err := s.read[selectBatches].QueryContext(ctx, int64(w), id[:], page, seq, chunk)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []gait.Record
	var rawPage, rawSecret, rawData sql.RawBytes // without a copy, until the next row
	for rows.Next() {
		r := gait.Record{Workspace: w, Session: id}
		if err := rows.Scan(&rawPage, &r.Seq, &rawSecret, &r.Arrived, &rawData); err != nil {
			return nil, err
		}
		copy(r.Page[:], rawPage)
		copy(r.Secret[:], rawSecret)
		r.Data = bytes.Clone(rawData)
		records = append(records, r)
	}
	return records, rows.Err()
}

// CountBatches implements gait.BatchStore.
func (s *Store) CountBatches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (int, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	var n int
	if err := s.read[countBatches].QueryRowContext(ctx, int64(w), id[:]).Scan(&n); err != nil {
		return 0, failure(err, "the session's batches cannot be counted")
	}
	return n, nil
}
