/** A row of DynamoDB JSON as plain values; undefined when one of them is of a type that no row was ever written with. */
export function plainMap(item: unknown): Record<string, unknown> | undefined {
  const plain = plainValue({ M: item });
  return plain as Record<string, unknown> | undefined;
}

/**
 * The value of an attribute; undefined for anything that no row was ever written with: sets, binaries, numbers that a
 * computer would round.
 */
function plainValue(attribute: unknown): unknown {
  if (typeof attribute !== 'object' || attribute === null) return undefined;
  const entries = Object.entries(attribute);
  const [type, value] = entries[0] ?? [];
  if (entries.length !== 1) return undefined;
  if (type === 'S') return typeof value === 'string' ? value : undefined;
  if (type === 'BOOL') return typeof value === 'boolean' ? value : undefined;
  if (type === 'NULL') return value === true ? null : undefined;
  if (type === 'N')
    return Number.isSafeInteger(Number(value)) && String(Number(value)) === value ? Number(value) : undefined;
  if (type === 'L' && Array.isArray(value)) {
    const list = value.map(plainValue);
    return list.includes(undefined) ? undefined : list;
  }
  if (type === 'M' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value).map(([name, member]) => [name, plainValue(member)] as const);
    return members.some(([, member]) => member === undefined) ? undefined : Object.fromEntries(members);
  }
  return undefined;
}
