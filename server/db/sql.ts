/** The one way to write SQL: values become parameters, fragments compose. See sql-template-tag. */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag'

export { sql, empty, join, raw }
export type { Sql }

/**
 * Names a statement that is asked all day long: each connection then parses and plans it once. A name belongs to one text for
 * ever, so only a statement without optional fragments may have one, and one whose best plan does not hang on its values.
 */
export const named = (name: string, statement: Sql): Sql => Object.assign(statement, { name })

/** What `pg` is asked with. */
export const queryOf = (statement: Sql): { name?: string; text: string; values: unknown[] } => ({
  name: (statement as { name?: string }).name,
  text: statement.text,
  values: statement.values,
})
