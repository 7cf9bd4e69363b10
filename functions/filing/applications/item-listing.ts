import * as z from 'zod';
import type { Item, Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import { KnownOrganisationSchema } from '../../shared/vocabulary.ts';

const { application } = applications.entities;

const ListedSchema = z.object({ pk: z.string(), sk: z.string(), organisation: KnownOrganisationSchema });

/** An application of an item, and whose it is. */
export interface ListedApplication {
  readonly applicationId: string;
  readonly organisation: z.output<typeof KnownOrganisationSchema>;
}

/** Drafts and applications of an item, but those withdrawn. What was made a moment ago may be missing. */
export class ItemListing {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** Drafts of an item, page by page. */
  async *drafts(item: string): AsyncGenerator<ListedApplication[]> {
    const drafts = application.listed('byItem', { item }, { prefix: 'draft#' });
    for await (const items of this.#table.pages(drafts)) yield items.map(listed);
  }

  /** One page of an item's drafts and applications. @param start the key that the page before ended with. */
  async page(
    item: string,
    { limit, start }: { readonly limit: number; readonly start?: Item | undefined },
  ): Promise<{ items: ListedApplication[]; lastKey: Item | undefined }> {
    const page = await this.#table.page(application.listed('byItem', { item }), { limit, start });
    return { items: page.items.map(listed), lastKey: page.lastKey };
  }
}

function listed(item: Item): ListedApplication {
  const { organisation, ...key } = ListedSchema.parse(item);
  const parts = application.partsOf(key);
  if (!parts) throw new Error(`${key.pk} is no application`);
  return { applicationId: parts.applicationId, organisation };
}
