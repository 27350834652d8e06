/** A database whose calls are told to an observer: begun, then ended well or not. */
import type { Db } from './db.ts'

type Operation = 'query' | 'read' | 'execute' | 'script' | 'bulk' | 'transaction'

/** Called when a call begins; what it returns is called when the call has ended. */
export type Observe = (operation: Operation) => (ok: boolean) => void

/** Statements inside a transaction count as the transaction's. */
export const metered = (db: Db, observe: Observe): Db => {
  const measure = async <T>(operation: Operation, call: () => Promise<T>): Promise<T> => {
    const end = observe(operation)
    let ok = false
    try {
      const result = await call()
      ok = true
      return result
    } finally {
      end(ok)
    }
  }
  return {
    kind: db.kind,
    reader: { query: (sql) => measure('read', () => db.reader.query(sql)), source: () => db.reader.source() },
    replica: db.replica,
    query: (sql) => measure('query', () => db.query(sql)),
    execute: (sql) => measure('execute', () => db.execute(sql)),
    script: (text) => measure('script', () => db.script(text)),
    bulk: (table, columns, rows) => measure('bulk', () => db.bulk(table, columns, rows)),
    transaction: (work) => measure('transaction', () => db.transaction(work)),
    listen: (channel, onNotify) => db.listen(channel, onNotify),
    lead: (key, onLost) => db.lead(key, onLost),
    close: () => db.close(),
  }
}
