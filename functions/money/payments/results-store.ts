import * as z from 'zod';
import { listPage, type PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, rowOf, type StepNote, stepWrites } from '../../shared/history.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import {
  type ResultsEvent,
  type ResultsFile,
  ResultsFileSchema,
  resultsTransitions,
} from './results-file.ts';

const { entities } = budget;

/** Characters of a file that one item keeps, of 400 KB at most: none takes more than three bytes. */
const perItem = 100_000;

/** The bank's answers as they were brought, in DynamoDB. */
export class ResultsStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** The answers, read consistently. @throws DomainError not-found */
  async require(importId: ImportId): Promise<ResultsFile> {
    const item = await this.#table.get(entities.resultsFile.key({ importId }));
    if (!item) throw new DomainError('not-found');
    return ResultsFileSchema.parse(item['state']);
  }

  /** One page of answers in the order in which they came. @throws DomainError invalid-request for a foreign cursor. */
  async page(page: PageRequest): Promise<{ files: ResultsFile[]; nextCursor: string | undefined }> {
    const range = entities.resultsFile.listed('listing', {});
    const { items, nextCursor } = await listPage(this.#table, range, page);
    return { files: items.map((item) => ResultsFileSchema.parse(item['state'])), nextCursor };
  }

  /** The answers that came last with these very bytes, read consistently, or undefined. */
  async lastOf(bytesHash: string): Promise<ResultsFile | undefined> {
    const item = await this.#table.get(entities.resultsOf.key({ bytesHash }));
    return item && this.require(z.string().parse(item['importId']));
  }

  /** The text of a file. */
  async text(importId: ImportId): Promise<string> {
    const items = await this.#table.all(entities.resultsText.of({ importId }));
    return items.map((item) => z.string().parse(item['text'])).join('');
  }

  /** The writes that put new answers with their text, on condition that the same bytes did not come meanwhile. */
  creation(file: ResultsFile, before: ResultsFile | undefined, text: string): GuardedWrite[] {
    const { importId, proposedBy: id, createdAt: at } = file;
    const parts = Array.from({ length: Math.ceil(text.length / perItem) }, (_, part) =>
      this.#table.put(entities.resultsText.key({ importId, part }), {
        text: text.slice(part * perItem, (part + 1) * perItem),
      }),
    );
    const asRead = before
      ? { when: 'importId = :before', values: { ':before': before.importId } }
      : { when: 'attribute_not_exists(pk)' };
    return [
      ...this.transition(undefined, file, { at, actor: { id, role: 'operator' }, event: 'proposed' }),
      this.#table.put(entities.resultsOf.key(file), { importId }, asRead),
      ...parts,
    ];
  }

  /** The writes of a transition: the answers, on condition that they are as they were read, and their history row. */
  transition(from: ResultsFile | undefined, to: ResultsFile, note: StepNote<ResultsEvent>): GuardedWrite[] {
    assertStep(from ? resultsTransitions[from.status] : ['proposed'], from, to);
    const key = entities.resultsFile.key(to);
    return stepWrites(this.#table, {
      key,
      rowKey: entities.history.key({ place: key.pk, version: to.version }),
      id: to.importId,
      attributes: (state) => entities.resultsFile.entry('listing', state),
      from,
      to,
      row: rowOf(from, to, note),
    });
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}
