import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { composeMail } from '../../../../functions/news/mail/mail.ts';
import { MailRecord } from '../../../../functions/news/mail/mail-record.ts';
import { sendMail } from '../../../../functions/news/mail/send-mail.ts';
import { SesMailer } from '../../../../functions/news/mail/ses-mailer.ts';
import { ContactStore } from '../../../../functions/news/messages/contact-store.ts';
import { describeEvent } from '../../../../functions/news/messages/describe-event.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { dueSoonEvent, submittedEvent } from '../../../builders/domain-event.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, type Rooms, today } from '../../../support/rooms.ts';

const { notice } = compiled;
const ses = mockClient(SESv2Client);
let database: TestDynamoDb;
let rooms: Rooms;
let contacts: ContactStore;
let serial = 0;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  contacts = new ContactStore(rooms.tables.messages);
});
afterAll(async () => {
  ses.restore();
  await database.stop();
});
beforeEach(() => {
  rooms.setClock(today);
  ses.reset();
  serial += 1;
});

/** People of companies and departments of their own in each test. */
const admin = (): Actor => ({
  id: `admin-${serial}`,
  roles: ['organisation-admin'],
  organisation: `C${serial}`,
});
const colleague = (): Actor => ({ ...admin(), id: `colleague-${serial}`, roles: ['preparer'] });
const reviewer = (): Actor => ({
  id: `reviewer-${serial}`,
  roles: ['lead-reviewer'],
  department: `department-${serial}`,
});

const submitted = (version = 2) => submittedEvent({ organisation: `C${serial}`, version });
const dueSoon = () =>
  dueSoonEvent({
    ...{ organisation: `C${serial}`, department: `department-${serial}`, assignee: reviewer().id },
  });

const later = (seconds: number) => rooms.setClock(new Date(today.getTime() + seconds * 1000));

describe('a mail', () => {
  it.each([
    ['zh', '申报已提交 / Application submitted'],
    ['en', 'Application submitted / 申报已提交'],
  ] as const)('is in both languages, that of the reader first: %s', (language, subject) => {
    const event = submitted();
    const described = describeEvent(notice, event);
    const mail = composeMail('https://portal.example.com', { email: 'a@b.cn', language }, described);
    expect(mail).toMatchObject({ to: 'a@b.cn', subject });
    const other = language === 'zh' ? 'en' : 'zh';
    expect(mail.text.indexOf(described.text[language])).toBeLessThan(
      mail.text.indexOf(described.text[other]),
    );
    expect(mail.text).toContain(`https://portal.example.com/applications/${event.applicationId}`);
  });
});

describe('mails', () => {
  const parts = () => ({
    contacts,
    record: new MailRecord(rooms.tables.messages, rooms.clock),
    mailer: new SesMailer('software-support@example.com'),
    notice,
    portal: 'https://portal.example.com',
  });
  const contactOf = (actor: Actor, email: string) =>
    contacts.set(actor, { email, language: 'zh' }, rooms.clock());
  const addresses = () =>
    ses
      .commandCalls(SendEmailCommand)
      .map(({ args }) => args[0].input.Destination?.ToAddresses?.[0])
      .sort();

  it('go to those alone who asked, once, though the event comes again', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' });
    await contactOf(admin(), 'a@example.com');
    await contactOf(colleague(), 'b@example.com');
    const event = submitted();
    await sendMail(parts(), event);
    await sendMail(parts(), event);
    expect(addresses()).toEqual(['a@example.com', 'b@example.com']);
    await sendMail(parts(), { ...submitted(), organisation: 'NOBODY-ASKED' });
    expect(addresses()).toHaveLength(2);
  });

  it('are one for a person who would have it by two channels', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' });
    await contactOf(reviewer(), 'r@example.com');
    await sendMail(parts(), dueSoon());
    expect(addresses()).toEqual(['r@example.com']);
  });

  it('of reminders are one a day for each kind, however many tasks are due', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' });
    await contactOf(reviewer(), 'r@example.com');
    for (let count = 0; count < 3; count += 1) await sendMail(parts(), dueSoon());
    expect(addresses()).toHaveLength(1);
    const [sent] = ses.commandCalls(SendEmailCommand);
    expect(sent?.args[0].input.Content?.Simple?.Body?.Text?.Data).toContain('There may be others');
    await sendMail(parts(), { ...dueSoon(), type: 'TaskOverdue' });
    await sendMail(parts(), { ...dueSoon(), at: new Date(today.getTime() + 86_400_000).toISOString() });
    expect(addresses()).toHaveLength(3);
  });

  it('are not sent for a task that the inbox shows', async () => {
    await contactOf(reviewer(), 'r@example.com');
    const { number: _, assignee: __, ...task } = dueSoon();
    await sendMail(parts(), { ...task, type: 'TaskOpened' });
    expect(addresses()).toEqual([]);
  });

  it('are tried again for those alone whose mail failed; a refusal for good ends them', async () => {
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const failing = (name: string) => Object.assign(new Error(`${name} b@example.com`), { name });
    await contactOf(admin(), 'a@example.com');
    await contactOf(colleague(), 'b@example.com');
    const toB = { Destination: { ToAddresses: ['b@example.com'] } };
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' });
    ses.on(SendEmailCommand, toB).rejects(failing('TooManyRequestsException'));
    const event = submitted();
    await expect(sendMail(parts(), event)).rejects.toMatchObject({ name: 'TransientError' });
    ses.on(SendEmailCommand, toB).rejects(failing('MessageRejected'));
    await sendMail(parts(), event);
    await sendMail(parts(), event);
    expect(addresses()).toEqual(['a@example.com', 'b@example.com', 'b@example.com']);
    // No address in a log, not even by way of an error.
    expect(logged).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(logged.mock.calls)).not.toContain('@');
    logged.mockRestore();
  });

  it('are claimed: of two deliveries at once the second sends nothing, and takes over when the first ended', async () => {
    const { record } = parts();
    expect(await record.claim('event', admin().id)).toBe('claimed');
    expect(await record.claim('event', admin().id)).toBe('busy');
    later(91);
    expect(await record.claim('event', admin().id)).toBe('claimed');
    await record.settle('event', admin().id);
    later(1000);
    expect(await record.claim('event', admin().id)).toBe('settled');
  });

  it('are sent again by the next delivery when the sender stopped half-way', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' });
    await contactOf(admin(), 'a@example.com');
    const event = submitted();
    expect(await parts().record.claim(event.id, admin().id)).toBe('claimed');
    await expect(sendMail(parts(), event)).rejects.toMatchObject({ name: 'TransientError' });
    expect(addresses()).toEqual([]);
    later(91);
    await sendMail(parts(), event);
    expect(addresses()).toEqual(['a@example.com']);
  });
});
