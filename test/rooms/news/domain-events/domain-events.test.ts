import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { expertRoutes } from '../../../../functions/contracts/expert.ts';
import type { HistoryRow } from '../../../../functions/filing/applications/history-row.ts';
import type { Status } from '../../../../functions/filing/applications/lifecycle.ts';
import type { AccountRow } from '../../../../functions/filing/bank-accounts/account-record.ts';
import {
  eventOfAccount,
  eventOfAnnounced,
  eventOfClosing,
  eventOfHistory,
  eventOfLateAllowed,
  eventOfReminder,
  eventOfTask,
  type Subject,
} from '../../../../functions/news/domain-events/derive-event.ts';
import {
  type DomainEvent,
  eventSchemas,
  eventTypes,
  parseEvent,
  withoutPersons,
} from '../../../../functions/news/domain-events/domain-event.ts';
import { listEventSchemas } from '../../../../functions/news/domain-events/list-event-schemas.ts';
import { channelOf } from '../../../../functions/news/messages/channel.ts';
import { describeEvent } from '../../../../functions/news/messages/describe-event.ts';
import { invitationIdOf } from '../../../../functions/review/experts/invitation.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const { notice } = compilePolicy();
const applicationId = '01JD0000000000000000000000';
const at = '2026-09-28T02:00:00.000Z';
const correction = {
  round: 1,
  items: [{ path: 'facts.level', reason: { zh: '请补正', en: 'correct it' } }],
  step: 1,
  department: 'gz-miit',
  at,
  dueAt: '2026-10-10T16:00:00.000Z',
  lapsesAt: '2026-10-10T16:00:00.000Z',
};
const subject: Subject = {
  applicationId,
  status: 'draft',
  organisation: '91440101MA59AAAA1X',
  guide: '2026.1',
  content: { item: 'dcmm' },
  corrections: [correction],
  pool: 'software-2026',
  award: { roundId: '01JD0000000000000000000001' },
  notice: { closesAt: '2026-10-14T16:00:00.000Z' },
  reconsideration: {
    askBefore: '2026-10-14T16:00:00.000Z',
    asked: {
      ...{ grounds: 'a remark that is nobody else’s business', by: 'somebody', at },
      ...{ taskId: `${applicationId}.1.2.gz-miit.7`, dueAt: '2026-10-30T16:00:00.000Z' },
    },
  },
};

function row(from: Status | undefined, to: Status, overrides: Partial<HistoryRow> = {}): HistoryRow {
  return {
    version: 7,
    at,
    actor: { id: 'somebody', role: 'lead-reviewer' },
    event: 'edited',
    ...(from !== undefined && { from }),
    to,
    note: 'a remark that is nobody else’s business',
    guide: '2026.1',
    previous: '0'.repeat(64),
    hash: '1'.repeat(64),
    ...overrides,
  };
}
const task = {
  taskId: `${applicationId}.1.1.gz-miit.1`,
  applicationId,
  department: 'gz-miit',
  step: 1,
  kind: 'approve',
  dueAt: '2026-10-10T16:00:00.000Z',
} as const;

/** One event of each type, as the rows make them. */
const accountRow: AccountRow = {
  ...{
    version: 7,
    at,
    actor: { id: 'somebody', role: 'organisation-admin' },
    isSame: false,
    event: 'proposed',
  },
  ...{ bank: 'a bank of theirs', lastFour: '4321', district: 'district-440106', reason: 'other business' },
  inForceFrom: '2026-10-14T16:00:00.000Z',
};

function everyEvent(): DomainEvent[] {
  const rows = [
    row('draft', 'submitted'),
    row('submitted', 'ineligible'),
    row('sign-off', 'returned', { department: 'gz-miit' }),
    row('returned', 'submitted'),
    row('returned', 'returned', { event: 'correction-warned' }),
    row('returned', 'lapsed'),
    row('lapsed', 'returned'),
    row('sign-off', 'refused', { department: 'gz-miit' }),
    row('refused', 'refused', { event: 'reconsideration-requested', department: 'gz-miit' }),
    row('refused', 'refused', { event: 'refusal-upheld', department: 'gz-miit' }),
    row('cancelled', 'deduplication', { event: 'refusal-overturned', department: 'gz-miit' }),
    row('sign-off', 'deduplication'),
    row('deduplication', 'duplicate'),
    row('deduplication', 'recognised'),
    row('deduplication', 'pooled'),
    row('pooled', 'allocated'),
    row('allocated', 'noticed'),
    row('noticed', 'ordered'),
    row('noticed', 'cancelled'),
    row('ordered', 'ordered', { event: 'payment-returned' }),
    row('ordered', 'closed'),
    row('draft', 'draft', { event: 'handover-offered' }),
    row('draft', 'draft', { event: 'handed-over' }),
    row('pooled', 'withdrawn'),
    row('sign-off', 'sign-off', { event: 'expert-invited', note: 'expert-1' }),
  ];
  const opened = {
    ...task,
    submission: 1,
    attempt: 1,
    organisation: subject.organisation,
    organisationName: 'A company',
    item: 'dcmm',
    district: '440106',
    status: 'open',
    createdAt: at,
  } as const;
  const closing = { applicationId, closesAt: correction.dueAt, days: 5, unit: 'working', at } as const;
  const announced = {
    ...{ announcementId: '01JD0000000000000000000002', at },
    ...{ title: { zh: '补充说明', en: 'A note' }, text: { zh: '请查看。', en: 'Please look.' } },
  };
  return [
    ...rows.flatMap((one) => eventOfHistory(one, subject) ?? []),
    ...[eventOfClosing(closing, subject)].filter((event) => event !== undefined),
    eventOfLateAllowed({
      ...{ organisation: subject.organisation, item: 'dcmm', guide: '2026.1', at },
      ...{ exceptionId: '01JD0000000000000000000003', until: correction.dueAt },
    }),
    eventOfAnnounced(announced, subject),
    ...(['proposed', 'confirmed', 'refused', 'withdrawn'] as const).map((event) =>
      eventOfAccount({ ...accountRow, event }, subject.organisation),
    ),
    eventOfTask(opened, subject),
    eventOfReminder({ ...task, about: 'due-soon', number: 1, at, assignee: 'reviewer' }, subject),
    eventOfReminder({ ...task, about: 'overdue', number: 2, at }, subject),
  ];
}

describe('domain events', () => {
  it('come in every type that is published, each as its schema says', () => {
    const events = everyEvent();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(eventTypes));
    for (const event of events) {
      expect(z.strictObject(eventSchemas[event.type].shape).safeParse(event).error).toBeUndefined();
      expect(parseEvent(event.type, JSON.parse(JSON.stringify(event)))).toEqual(event);
    }
  });

  it('have ids of their own, made from what they tell of', () => {
    const events = everyEvent();
    expect(events[0]?.id).toBe(`${applicationId}#7`);
    expect(events.filter(({ type }) => type.startsWith('Task')).map(({ id }) => id)).toEqual([
      task.taskId,
      `${task.taskId}#due-soon#1`,
      `${task.taskId}#overdue#2`,
    ]);
  });

  it('do not follow from drafts, from changes within a status or from an unanswered request', () => {
    for (const silent of [
      row(undefined, 'draft'),
      row('draft', 'draft'),
      row('submitted', 'sign-off'),
      row('sign-off', 'sign-off', { event: 'abstained' }),
      row('lapsed', 'lapsed', { event: 'reopening-requested' }),
    ]) {
      expect(eventOfHistory(silent, subject)).toBeUndefined();
    }
    const closing = { applicationId, closesAt: at, days: 5, unit: 'working', at } as const;
    expect(eventOfClosing(closing, { ...subject, status: 'submitted' })).toBeUndefined();
  });

  it('name the correction that was asked for by then, and none when it is gone', () => {
    const later = { ...correction, round: 2, at: '2026-11-01T00:00:00.000Z' };
    const returned = row('sign-off', 'returned');
    expect(eventOfHistory(returned, { ...subject, corrections: [correction, later] })).toMatchObject({
      round: 1,
    });
    const { corrections: _, ...withdrawn } = subject;
    expect(eventOfHistory(returned, withdrawn)).not.toHaveProperty('round');
  });

  it('carry no person but an expert or a task’s own, no name, no remark and no amount', () => {
    const told = JSON.stringify(everyEvent());
    expect(told).not.toMatch(/somebody|A company|business|Fen/);
    const fields = new Set(everyEvent().flatMap((event) => Object.keys(event)));
    expect([...fields].filter((field) => /name|email|amount|content|actor/i.test(field))).toEqual([]);
  });

  it('name no person to other systems, neither in what is sent nor in its schema', () => {
    for (const event of everyEvent()) {
      expect(JSON.stringify(withoutPersons<unknown>(event))).not.toMatch(/reviewer|expert-1|4321/);
    }
    for (const { schema } of listEventSchemas().events) {
      expect(Object.keys(schema.properties ?? {})).not.toContain('assignee');
      expect([Object.keys(schema.properties ?? {}), schema.required].flat()).not.toContain('expert');
    }
  });

  it('are refused when the bus brings what is none of them', () => {
    expect(() => parseEvent('SomethingElse', {})).toThrow('no event is of the type SomethingElse');
    expect(() => parseEvent('ApplicationClosed', { type: 'ApplicationClosed' })).toThrow(z.ZodError);
  });

  it('are published as JSON Schemas that let fields be added', () => {
    const { source, events } = listEventSchemas();
    expect(source).toBe('software-support');
    expect(events.map(({ type }) => type)).toEqual(eventTypes);
    for (const { schema } of events) {
      expect(schema).toMatchObject({ type: 'object' });
      expect(schema).not.toHaveProperty('additionalProperties');
      expect(schema['required']).toEqual(expect.arrayContaining(['type', 'id', 'organisation', 'at']));
    }
  });

  it('are all explained to subscribers', () => {
    const text = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');
    const types = text.slice(0, text.indexOf('\n## Who listens'));
    const explained = [...types.matchAll(/^\| `(\w+)`/gm)].map(([, type]) => type);
    expect(explained).toEqual(eventTypes);
  });
});

describe('what people are told', () => {
  it('is in both languages, names the item and the last day, and nothing personal', () => {
    for (const event of everyEvent()) {
      const { title, text, channels, link } = describeEvent(notice, event);
      if ('lastFour' in event) {
        expect(text.zh).toContain('4321');
        expect(text.en).toContain('4321');
        expect(text.en).not.toMatch(/\p{Script=Han}/u);
        expect(JSON.stringify({ title, text })).not.toMatch(/somebody|bank of theirs|business|91440101/);
        expect(channels).toContain(channelOf('organisation', event.organisation));
        continue;
      }
      expect(title.zh).toMatch(/\p{Script=Han}/u);
      if ('applicationId' in event) expect(text.zh).toContain(applicationId);
      expect(text.zh).toContain('DCMM');
      expect(text.en).not.toMatch(/\p{Script=Han}/u);
      expect(channels.length).toBeGreaterThan(0);
      expect(link).toMatch(/^\/[a-z-]+\//);
      expect(JSON.stringify({ title, text })).not.toMatch(/somebody|reviewer|expert-1|91440101/);
    }
    const returned = everyEvent().find(({ type }) => type === 'ApplicationReturned');
    if (!returned) throw new Error('there is none');
    // Due at midnight after the make-up working day.
    expect(describeEvent(notice, returned).text.zh).toContain('截止日期：2026-10-10');
  });

  it('goes to the organisation, the department, who has the task, or the expert', () => {
    const channels = Object.fromEntries(
      everyEvent().map((event) => [event.type, describeEvent(notice, event).channels]),
    );
    expect(channels['ApplicationReturned']).toEqual(['ORGANISATION#91440101MA59AAAA1X']);
    expect(channels['TaskOpened']).toEqual(['DEPARTMENT#gz-miit']);
    expect(channels['TaskDueSoon']).toEqual(['DEPARTMENT#gz-miit', 'PERSON#reviewer']);
    expect(channels['ExpertInvited']).toEqual(['PERSON#expert-1']);
  });

  it('links an expert to the invitation, under the path of its route', () => {
    const invited = everyEvent().find(({ type }) => type === 'ExpertInvited');
    if (!invited) throw new Error('there is none');
    const { link } = describeEvent(notice, invited);
    expect(link).toBe(`/invitations/${invitationIdOf(applicationId, 'expert-1')}`);
    const { path, params } = expertRoutes.getInvitation;
    expect(path).toBe('/v1/invitations/{invitationId}');
    expect(params.safeParse({ invitationId: link.replace('/invitations/', '') }).success).toBe(true);
  });
});
