import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Item, Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import { BilingualSchema } from '../../shared/text.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { RowFault } from './file-fault.ts';
import { MappingSchema } from './mapping.ts';
import { type RegistryImport, RegistryImportSchema } from './registry-import.ts';

/** Faults of one item: about 60 KB. */
const faultsPerItem = 200;

const StoredFaultSchema = z.object({
  row: z.int(),
  sheet: z.string().optional(),
  column: z.string(),
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  messages: BilingualSchema,
});
const FaultItemSchema = z.object({ faults: z.array(StoredFaultSchema) });

const SavedMappingSchema = z.object({ mapping: MappingSchema, savedAt: InstantSchema, savedBy: z.string() });
const NamedMappingSchema = SavedMappingSchema.extend({ name: z.string() });
export type SavedMapping = z.output<typeof SavedMappingSchema>;

const PartSchema = z.object({ awardIds: z.array(z.string()) });

const { import: imports, importAwards, importFaults, mapping: mappings, namedMapping } = registry.entities;

/** Imports, their faults and the schemes' mappings, in the registry's table. */
export class ImportStore {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /** @throws DomainError not-found */
  async require(importId: ImportId): Promise<RegistryImport> {
    const item = await this.#table.get(imports.key({ importId }));
    if (!item) throw new DomainError('not-found');
    return RegistryImportSchema.parse(item['import']);
  }

  async add(added: RegistryImport): Promise<void> {
    await this.#table.write(this.#table.putNew(imports.key(added), { import: added }));
  }

  /**
   * Writes the next state of an import.
   * @returns it with its new version, or undefined when another run has gone on meanwhile.
   */
  async advance(next: RegistryImport): Promise<RegistryImport | undefined> {
    const advanced = { ...next, version: next.version + 1 };
    const write = this.#table.put(
      imports.key(next),
      { import: advanced },
      {
        when: '#import.#version = :seen',
        names: { '#import': 'import', '#version': 'version' },
        values: { ':seen': next.version },
      },
    );
    return (await this.#table.tryWrite(write)) ? advanced : undefined;
  }

  /** A page of imports, newest first. */
  async page(
    limit: number,
    start: Item | undefined,
  ): Promise<{ imports: RegistryImport[]; lastKey: Item | undefined }> {
    const options = { limit, start, newestFirst: true, consistent: false };
    const { items, lastKey } = await this.#table.page(imports.of({}), options);
    return { imports: items.map((item) => RegistryImportSchema.parse(item['import'])), lastKey };
  }

  /** Keeps the faults of a part of a file, which begins behind a row; again, they take the same place. */
  async keepFaults(importId: ImportId, behindRow: number, faults: readonly RowFault[]): Promise<void> {
    for (let part = 0; part * faultsPerItem < faults.length; part += 1) {
      const key = importFaults.key({ importId, behindRow, part });
      const kept = faults.slice(part * faultsPerItem, (part + 1) * faultsPerItem);
      await this.#table.write(this.#table.put(key, { faults: kept }));
    }
  }

  /** Some faults of an import, in the order of their rows: those of one or several items. */
  async faultPage(
    importId: ImportId,
    start: Item | undefined,
  ): Promise<{ faults: RowFault[]; lastKey: Item | undefined }> {
    const { items, lastKey } = await this.#table.page(importFaults.of({ importId }), {
      ...fewFaults,
      start,
    });
    return { faults: items.flatMap(faultsOf), lastKey };
  }

  /** Every fault that is kept of an import, by rows. */
  async allFaults(importId: ImportId): Promise<RowFault[]> {
    const faults: RowFault[] = [];
    for await (const items of this.#table.pages(importFaults.of({ importId }), fewFaults)) {
      faults.push(...items.flatMap(faultsOf));
    }
    return faults;
  }

  /** Keeps which awards a part of a file holds; again, they take the same place. */
  async keepAwards(importId: ImportId, behindRow: number, awardIds: readonly string[]): Promise<void> {
    await this.#table.write(this.#table.put(importAwards.key({ importId, behindRow }), { awardIds }));
  }

  /** The next part of a file behind a row, with its awards; undefined when there is none. */
  async awardsBehind(
    importId: ImportId,
    row: number,
  ): Promise<{ readonly behindRow: number; readonly awardIds: readonly string[] } | undefined> {
    const range = importAwards.of(
      { importId },
      { from: importAwards.sk({ behindRow: row }), to: importAwards.sk({ behindRow: 9_999_999_999 }) },
    );
    const { items } = await this.#table.page(range, { limit: 1 });
    const [item] = items;
    return item && { behindRow: Number(item['sk']), ...PartSchema.parse(item) };
  }

  /** The mapping that was saved for a scheme, or undefined. */
  async mapping(scheme: string): Promise<SavedMapping | undefined> {
    const item = await this.#table.get(mappings.key({ scheme }));
    return item && SavedMappingSchema.parse(item);
  }

  /** The mapping that was saved under a name, or undefined. */
  async namedMapping(name: string): Promise<SavedMapping | undefined> {
    const item = await this.#table.get(namedMapping.key({ name }));
    return item && SavedMappingSchema.parse(item);
  }

  /** A page of mappings with their names, in the order of these. */
  async namedMappings(start: Item | undefined) {
    const { items, lastKey } = await this.#table.page(namedMapping.of({}), {
      limit: 20,
      start,
      consistent: false,
    });
    const named = items.map((item) => NamedMappingSchema.parse(item));
    return { mappings: named, lastKey };
  }

  async saveNamedMapping(name: string, saved: SavedMapping): Promise<void> {
    await this.#table.write(this.#table.put(namedMapping.key({ name }), { name, ...saved }));
  }

  async saveMapping(scheme: string, saved: SavedMapping): Promise<void> {
    await this.#table.write(this.#table.put(mappings.key({ scheme }), { ...saved }));
  }
}

/** Items of a page of faults: about 300 KB. */
const fewFaults = { limit: 5, consistent: false };

function faultsOf(item: Item): RowFault[] {
  return FaultItemSchema.parse(item).faults;
}
