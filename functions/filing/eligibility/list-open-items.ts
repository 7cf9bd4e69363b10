import type * as z from 'zod';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { Application } from '../applications/application.ts';
import { appliesLate } from '../late-exceptions/late-exception-decision.ts';
import type { OpenParts } from '../late-exceptions/open-for.ts';
import { highestAmount } from './ceiling.ts';
import { statementsOf } from './condition-inputs.ts';
import type { OpenItemSchema } from './open-item-view.ts';

/**
 * The items that an organisation may apply for at an instant, with all that a form needs to be built from: those that are
 * open, and those that exceptions of its own leave open for it alone.
 */
export async function listOpenItems(
  parts: OpenParts,
  organisation: OrganisationCode | undefined,
  at: Date,
): Promise<z.input<typeof OpenItemSchema>[]> {
  const open = await parts.policy.openItems(at);
  const late = organisation === undefined ? [] : await lateItems(parts, organisation, at);
  const isOpen = ({ item }: z.input<typeof OpenItemSchema>) => open.some((one) => one.item.id === item);
  return [...open.map(formOf), ...late.filter((form) => !isOpen(form))];
}

/**
 * The form of an application: what its own guide asks for, whatever is open by now, with the closing that holds for its
 * organisation. @throws Error without that guide.
 */
export async function showForm(
  parts: OpenParts,
  {
    guide,
    content,
    organisation,
    status,
  }: Pick<Application, 'guide' | 'content' | 'organisation' | 'status'>,
  at: Date,
): Promise<z.input<typeof OpenItemSchema>> {
  const form = formOf(await parts.policy.requireItem(guide, content.item));
  if (status !== 'draft' || at < new Date(form.closesAt)) return form;
  const late = (await lateItems(parts, organisation, at)).find(({ item }) => item === content.item);
  return late ? { ...form, closesAt: late.closesAt, late: true } : form;
}

/** What exceptions leave open for an organisation after the closing of each, until they end. */
async function lateItems(
  { policy, exceptions }: OpenParts,
  organisation: OrganisationCode,
  at: Date,
): Promise<z.input<typeof OpenItemSchema>[]> {
  if (!policy.isInForce(at)) return [];
  const given = (await exceptions.of(organisation)).filter((one) => appliesLate(one, at));
  return Promise.all(
    given.map(async ({ guide, item, until }) => ({
      ...formOf(await policy.requireItem(guide, item)),
      closesAt: until,
      late: true as const,
    })),
  );
}

/** What a guide asks of whoever applies for an item. */
export function formOf(opened: OpenedItem): z.input<typeof OpenItemSchema> {
  return {
    item: opened.item.id,
    guide: opened.guide.version,
    clause: opened.law.item.clause,
    title: opened.law.part.title,
    opensAt: opened.item.window.opensAt,
    closesAt: opened.item.window.closesAt,
    ceilingFen: highestAmount(opened),
    facts: opened.item.facts,
    materials: opened.item.materials,
    conditions: opened.item.conditions.map((condition) => ({
      ...{ id: condition.id, citation: condition.citation },
      reads: statementsOf(condition).map(({ name }) => name),
    })),
  };
}
