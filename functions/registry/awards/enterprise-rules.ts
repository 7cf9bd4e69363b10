import type { ImportedAward } from './award-record.ts';
import { areOfTwoEnterprises, plainName } from './enterprise-name.ts';

/** A code and a name of one enterprise, as they came together first. */
export interface SeenEnterprise {
  readonly uscc: string;
  readonly name: string;
}

/** An award whose code or name came before with another name or code. */
export interface Conflict {
  readonly row: number;
  /** What it has in common with the one that came before. */
  readonly shared: 'uscc' | 'name';
  readonly before: SeenEnterprise;
}

/** What the awards of a part of a file bring. */
export interface ComparedEnterprises {
  /** At most one of an award; a name under its code weighs more than a code of its name. */
  readonly conflicts: readonly Conflict[];
  /** Codes that came first with a name, and names that came first with a code. */
  readonly newCodes: readonly SeenEnterprise[];
  readonly newNames: readonly SeenEnterprise[];
  /** Names that came with another code than the first. */
  readonly namesakes: readonly SeenEnterprise[];
}

/**
 * Compares the codes and names of awards with those that came before them, in the registry or in the same part of a file.
 * What came first counts: which of two is wrong, nobody knows here.
 * @param byCode what the registry has seen, by codes.
 * @param byName the same, by plain names.
 */
export function compareEnterprises(
  awards: readonly ImportedAward[],
  byCode: ReadonlyMap<string, SeenEnterprise>,
  byName: ReadonlyMap<string, SeenEnterprise>,
): ComparedEnterprises {
  const newCodes = new Map<string, SeenEnterprise>();
  const newNames = new Map<string, SeenEnterprise>();
  const namesakes = new Map<string, SeenEnterprise>();
  const conflicts: Conflict[] = [];
  for (const { award, row } of awards) {
    const { uscc, name } = award;
    const plain = plainName(name);
    const named = byCode.get(uscc) ?? newCodes.get(uscc);
    const coded = byName.get(plain) ?? newNames.get(plain);
    if (named && areOfTwoEnterprises(named.name, name))
      conflicts.push({ row, shared: 'uscc', before: named });
    else if (coded && coded.uscc !== uscc) conflicts.push({ row, shared: 'name', before: coded });
    if (coded && coded.uscc !== uscc && plain !== '') namesakes.set(`${plain}#${uscc}`, { uscc, name });
    if (!named) newCodes.set(uscc, { uscc, name });
    if (!coded && plain !== '') newNames.set(plain, { uscc, name });
  }
  return {
    conflicts,
    newCodes: [...newCodes.values()],
    newNames: [...newNames.values()],
    namesakes: [...namesakes.values()],
  };
}
