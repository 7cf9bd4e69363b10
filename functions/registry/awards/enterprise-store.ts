import * as z from 'zod';
import { placeOf } from '../../shared/keys.ts';
import type { Item, Table } from '../../shared/table.ts';
import { writeMany } from '../../shared/table-batches.ts';
import { registry } from '../../shared/tables.ts';
import type { ImportedAward } from './award-record.ts';
import { likeCore, plainName } from './enterprise-name.ts';
import {
  type ComparedEnterprises,
  type Conflict,
  compareEnterprises,
  type SeenEnterprise,
} from './enterprise-rules.ts';
import { inParallel, itemsByPartition } from './side-by-side.ts';

const SeenSchema = z.object({ uscc: z.string(), name: z.string() });
const attempts = 8;
/** Items of one call that is repeated as a whole. */
const writtenTogether = 100;

/** A shorter name is part of too many others. */
const leastCore = 2;
const mostAlike = 20;

const { firstSeen, likeName, namesake } = registry.entities;
const placeOfCode = (uscc: string) => placeOf(registry, 'nameOf', { uscc });
const placeOfName = (name: string) => placeOf(registry, 'codeOf', { name });

/** Which codes and names of enterprises came together first in files of awards. */
export class SeenEnterprises {
  readonly #table: Table<'registry'>;
  /** What is new and was not kept, by places. */
  readonly #unkept = new Map<string, SeenEnterprise>();

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /**
   * Tells which awards of a part of a file have a code and a name that hardly belong to one enterprise.
   * @param keeps whether what is new counts for awards of others; for those that are compared here later, it counts anyway.
   * @throws TransientError when the table stays busy; repeated, it tells the same.
   */
  async compare(awards: readonly ImportedAward[], keeps = true): Promise<readonly Conflict[]> {
    const names = awards.map(({ award: { name } }) => plainName(name)).filter((name) => name !== '');
    const places = [...awards.map(({ award: { uscc } }) => placeOfCode(uscc)), ...names.map(placeOfName)];
    const keys = places.map((place) => firstSeen.key({ place }));
    const items = await itemsByPartition(this.#table, keys, { consistent: true });
    const seenAt = (place: string): SeenEnterprise[] => {
      const item = items.get(place) ?? this.#unkept.get(place);
      return item ? [SeenSchema.parse(item)] : [];
    };
    const byCode = awards.flatMap(({ award: { uscc } }) =>
      seenAt(placeOfCode(uscc)).map((seen) => [uscc, seen] as const),
    );
    const byName = names.flatMap((name) => seenAt(placeOfName(name)).map((seen) => [name, seen] as const));
    const compared = compareEnterprises(awards, new Map(byCode), new Map(byName));
    const added = [
      ...compared.newCodes.map((seen) => [placeOfCode(seen.uscc), seen] as const),
      ...compared.newNames.map((seen) => [placeOfName(plainName(seen.name)), seen] as const),
    ];
    if (keeps) await this.#keep(added, compared);
    else for (const [place, seen] of added) this.#unkept.set(place, seen);
    return compared.conflicts;
  }

  /**
   * What is held under a name: every code that came with it, the first one first; and others whose names differ in their
   * form or in a region.
   */
  async named(name: string): Promise<{ same: SeenEnterprise[]; alike: () => Promise<SeenEnterprise[]> }> {
    const plain = plainName(name);
    const seen = (items: readonly Item[]) => items.map((item) => SeenSchema.parse(item));
    const same =
      plain === '' ? [] : await this.#table.all(firstSeen.partition({ place: placeOfName(plain) }));
    const core = likeCore(name);
    const alike = async () => {
      if (core.length < leastCore) return [];
      const { items } = await this.#table.page(likeName.of({ core }), { limit: mostAlike });
      return seen(items);
    };
    return { same: seen(same), alike };
  }

  async #keep(
    added: readonly (readonly [place: string, seen: SeenEnterprise])[],
    { newNames, namesakes }: ComparedEnterprises,
  ): Promise<void> {
    const puts = [
      ...added.map(([place, seen]) => this.#table.put(firstSeen.key({ place }), { ...seen })),
      ...namesakes.map((seen) =>
        this.#table.put(namesake.key({ name: plainName(seen.name), uscc: seen.uscc }), { ...seen }),
      ),
      ...[...newNames, ...namesakes]
        .filter(({ name }) => likeCore(name).length >= leastCore)
        .map((seen) =>
          this.#table.put(
            likeName.key({ core: likeCore(seen.name), uscc: seen.uscc, name: plainName(seen.name) }),
            { ...seen },
          ),
        ),
    ];
    const parts = Array.from({ length: Math.ceil(puts.length / writtenTogether) }, (_, part) =>
      puts.slice(part * writtenTogether, (part + 1) * writtenTogether),
    );
    await inParallel(parts, (part) => writeMany(this.#table, part, { attempts }));
  }
}
