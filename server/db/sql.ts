/** The one way to write SQL: values become parameters, fragments compose. See sql-template-tag. */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag'

export { sql, empty, join, raw }
export type { Sql }
