/** A password that can be read out over the telephone: four groups of four, without 0, 1, i, l, o. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const FAIR = 256 - (256 % LETTERS.length)

/** `fill` fills an array with random bytes. */
export function makePassword(fill: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  let letters = ''
  while (letters.length < 16) {
    // Bytes beyond the last whole round of letters would make the first ones likelier.
    for (const byte of fill(new Uint8Array(32))) if (byte < FAIR && letters.length < 16) letters += LETTERS[byte % LETTERS.length]
  }
  return letters.match(/.{4}/g)!.join('-')
}
