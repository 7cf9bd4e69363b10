/**
 * A row of DynamoDB JSON as plain values; undefined when one of them is of a type that no row was ever written with.
 * @param takesFractions whether rows of its kind hold any, such as thresholds.
 */
export function plainMap(item: unknown, takesFractions = false): Record<string, unknown> | undefined {
  const plain = plainValue({ M: item }, takesFractions);
  return plain as Record<string, unknown> | undefined;
}

/**
 * The value of an attribute; undefined for anything that no row was ever written with: sets, binaries, numbers that a
 * computer would round.
 */
function plainValue(attribute: unknown, takesFractions: boolean): unknown {
  if (typeof attribute !== 'object' || attribute === null) return undefined;
  const entries = Object.entries(attribute);
  const [type, value] = entries[0] ?? [];
  if (entries.length !== 1) return undefined;
  if (type === 'S') return typeof value === 'string' ? value : undefined;
  if (type === 'BOOL') return typeof value === 'boolean' ? value : undefined;
  if (type === 'NULL') return value === true ? null : undefined;
  if (type === 'N') {
    const isKnown = Number.isSafeInteger(Number(value)) || takesFractions;
    return isKnown && String(Number(value)) === value ? Number(value) : undefined;
  }
  if (type === 'L' && Array.isArray(value)) {
    const list = value.map((one) => plainValue(one, takesFractions));
    return list.includes(undefined) ? undefined : list;
  }
  if (type === 'M' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value).map(
      ([name, member]) => [name, plainValue(member, takesFractions)] as const,
    );
    return members.some(([, member]) => member === undefined) ? undefined : Object.fromEntries(members);
  }
  return undefined;
}
