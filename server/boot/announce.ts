/** What a start says to the person who started it. */

interface Announcement {
  /** The one of this machine first. */
  addresses: readonly string[]
  database: 'embedded' | 'postgres'
  /** The administrator that this start made, if it made one. */
  admin: { username: string; generated: string | null } | null
}

/** Prints the addresses and how to sign in; a generated password is shown here and never again. */
export const announce = ({ addresses, database, admin }: Announcement): void => {
  const lines = [
    '',
    `  网格一张图 · Gridward is running (${database === 'embedded' ? 'embedded database' : 'PostgreSQL'}).`,
    '',
    ...addresses.map((address, index) => `  ${index === 0 ? 'Open  ' : '      '}  ${address}`),
    '',
  ]
  if (admin === null) lines.push('  Sign in as a user you have; the first administrator is admin.')
  else if (admin.generated === null) lines.push(`  Sign in as ${admin.username} with the password of ADMIN_PASSWORD.`)
  else
    lines.push(
      `  Sign in as ${admin.username} with the password ${admin.generated}`,
      '  It is shown this once: note it down, or change it.',
    )
  process.stdout.write(`${lines.join('\n')}\n\n`)
}
