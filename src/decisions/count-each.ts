/** How often each of the keys was found. */
export function countEach<Key extends string>(keys: readonly Key[], found: readonly Key[]): Record<Key, number> {
  const counts = keys.map((key) => [key, found.filter((one) => one === key).length]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `fromEntries` widens the keys to any text
  return Object.fromEntries(counts) as Record<Key, number>;
}
