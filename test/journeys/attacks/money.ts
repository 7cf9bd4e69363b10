import { beforeAll, describe, expect, it } from 'vitest';
import { shanghaiDate } from '../../../functions/shared/shanghai-date.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { type Json, json, Story } from '../../support/story.ts';
import { Attacker, outcome } from './attacker.ts';

const [operator, approver] = ['operator-2', 'approver-4'];

/** Who wants money to go out twice, or elsewhere. The awards of companies 1 and 2 are paid; company 16 has none. */
export function attackMoney(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let attacker: Attacker;
  let story: Story;
  let orderId: string;
  let paid: { paymentId: string; yuan: string }[];
  beforeAll(async () => {
    system = shared();
    attacker = new Attacker(system);
    story = new Story(system);
    orderId = String((await attacker.items(operator, '/v1/orders'))[0]?.['orderId']);
    const [file] = await attacker.items(operator, `/v1/orders/${orderId}/payment-files`);
    const payments = await attacker.items(
      operator,
      `/v1/payment-files/${String(file?.['paymentFileId'])}/payments`,
    );
    paid = payments.map(({ paymentId, fen }) => ({
      paymentId: String(paymentId),
      yuan: (Number(fen) / 100).toFixed(2),
    }));
  });

  const answerFile = (lines: readonly string[], count = lines.length, sum?: string) => {
    const total = lines.reduce((all, line) => all + Number(line.split(',')[2]), 0).toFixed(2);
    return [
      'payment_id,result,amount_yuan,date,reference,reason',
      ...lines,
      `TOTAL,${count},${sum ?? total}`,
    ].join('\r\n');
  };
  const returned = (place: number, reference = 'R-1') =>
    `${paid[place]?.paymentId},returned,${paid[place]?.yuan},${shanghaiDate(new Date())},${reference},户名不符`;
  const bring = (file: string, who = operator) => attacker.sendFile(who, '/v1/payment-results', file);
  const lines = () => attacker.items(operator, `/v1/orders/${orderId}/lines`);
  const paidFen = async () => (await lines()).map((line) => line['paidFen']);

  describe('an operator who says that a paid payment came back', () => {
    let brought: Json;
    let before: unknown[];
    const decide = (who: string, body: Json) =>
      attacker.send(who, 'POST', `/v1/payment-results/${String(brought['importId'])}/decision`, body);

    it('changes nothing by saying so', async () => {
      before = await paidFen();
      brought = json(await bring(answerFile([returned(0)])));
      expect(brought).toMatchObject({
        status: 'proposed',
        heldRows: 1,
        paidOutFen: 0,
        changes: [{ kind: 'held' }],
      });
      expect(await paidFen()).toEqual(before);
    });

    it('does not confirm it, by their own login or by another one of theirs', async () => {
      const body = { outcome: 'confirm', contentHash: brought['contentHash'] };
      const second = await system.tokenWith(operator, {
        sub: 'operator-2-at-home',
        roles: ['budget-approver'],
      });
      const answers = [await decide(operator, body), await decide(second, body)];
      expect(answers.map(outcome)).toEqual(['403 forbidden', '403 not-granted']);
    });

    it('has nobody confirm another file than was shown', async () => {
      const other = json(await bring(answerFile([returned(1)])));
      const body = { outcome: 'confirm', contentHash: other['contentHash'] };
      expect(outcome(await decide(approver, body))).toBe('412 version-mismatch');
    });

    it('gets the award held once it is confirmed, not paid again, by six requests at once either', async () => {
      const body = { outcome: 'confirm', contentHash: brought['contentHash'] };
      expect((await decide(approver, body)).status).toBe(200);
      expect(await paidFen()).toEqual(before);
      const requests = Array.from({ length: 6 }, (_, index) =>
        attacker.send(
          operator,
          'POST',
          `/v1/orders/${orderId}/payment-files`,
          undefined,
          `once-more-${index}`,
        ),
      );
      for (const answer of await Promise.all(requests))
        expect(answer.status, JSON.stringify(answer.body)).toBe(409);
      expect(await attacker.items(operator, `/v1/orders/${orderId}/payment-files`)).toHaveLength(1);
    });

    it.each<[string, () => string]>([
      ['whose sum is another', () => answerFile([returned(1)], 1, '1.00')],
      ['whose count is another', () => answerFile([returned(1)], 2)],
      ['that names a payment twice', () => answerFile([returned(1), returned(1, 'R-2')])],
      [
        'without its last line',
        () =>
          answerFile([returned(1)])
            .split('\r\n')
            .slice(0, 2)
            .join('\r\n'),
      ],
      ['of a payment that there is not', () => answerFile([returned(1).replace(/-\d{4},/, '-0999,')])],
      [
        'of a day that is still to come',
        () => answerFile([returned(1).replace(/\d{4}-\d\d-\d\d/, '2099-01-01')]),
      ],
      ['of another amount', () => answerFile([returned(1).replace(/,\d+\.\d\d,/, ',1.00,')])],
      [
        'in digits of another width',
        () => answerFile([returned(1).replace(/,\d+\.\d\d,/, ',３７５０００.00,')], 1, '0.00'),
      ],
    ])('brings no file %s', async (_, file) => {
      const answer = await bring(file());
      const { changes = [], paidOutFen = 0 } = json(answer);
      expect([answer.status, paidOutFen]).toEqual([expect.toBeOneOf([201, 400]), 0]);
      for (const { kind } of changes as Json[]) expect(kind).toBeOneOf(['fault', 'held', 'unchanged']);
    });
  });

  describe('an administrator who wants awards paid elsewhere', () => {
    const number = 16;
    const company = () => story.company(number);
    const account = async (changes: Json = {}) => ({
      ...{ holder: (await company()).name, bank: '示例银行', branchCode: '102581000013' },
      accountNumber: '6222020000000016',
      ...changes,
    });
    let change: Json;

    it.each([
      ['of another company', (name: string) => name.replace('示例', '实例')],
      ['with a word behind', (name: string) => `${name}工会委员会`],
      ['with a character that nobody sees', (name: string) => `${name}\u200b`],
      ['turned round', (name: string) => `\u202e${name}`],
      ['in part', (name: string) => name.slice(0, 6)],
    ])('proposes no account in a name %s', async (_, holderOf) => {
      const body = await account({ holder: holderOf((await company()).name) });
      expect(outcome(await attacker.send(`admin-${number}`, 'PUT', '/v1/bank-account', body))).toBe(
        '400 invalid-request',
      );
    });

    it('confirms none of their own, by another login or another writing of who they are', async () => {
      change = (await attacker.done(`admin-${number}`, 'PUT', '/v1/bank-account', await account()))[
        'change'
      ] as Json;
      const body = { decision: 'confirm', contentHash: change['contentHash'] };
      const ids = [
        ...[
          `demo:admin-${number}`,
          `DEMO:ADMIN-${number}`,
          ` demo:admin-${number}`,
          `ｄｅｍｏ：admin-${number}`,
        ],
        ...[
          `demo:admin\u2010${number}`,
          `demo:admin-${number}\u200b`,
          `demo:admin ${number}`,
          `"demo:admin-${number}"`,
        ],
      ];
      const logins = await Promise.all(
        ids.map((person_id, index) =>
          system.tokenWith(`admin-${number}`, { sub: `other-${index}`, person_id }),
        ),
      );
      for (const who of [`admin-${number}`, ...logins]) {
        const answer = await attacker.send(who, 'POST', '/v1/bank-account/decision', body);
        expect(outcome(answer)).toMatch(/^403 (same-person|login-refused)$/);
      }
    });

    it('gets no preparer, district or other company to confirm it, and no other account under its hash', async () => {
      const { uscc } = await company();
      const body = { decision: 'confirm', contentHash: change['contentHash'] };
      const district = `/v1/bank-account-changes/${uscc}/decision`;
      const answers = [
        await attacker.send(`preparer-${number}`, 'POST', '/v1/bank-account/decision', body),
        await attacker.send('admin-1', 'POST', '/v1/bank-account/decision', body),
        await attacker.send(`district-${uscc.slice(2, 8)}-1`, 'POST', district, {
          ...body,
          reason: '已核实',
        }),
        await attacker.send(
          `admin-${number}`,
          'PUT',
          '/v1/bank-account',
          await account({ accountNumber: '6222020000000017' }),
        ),
      ];
      expect(answers.map(outcome)).toEqual([
        '403 forbidden',
        expect.stringMatching(/^40[49] (not-found|basis-changed)$/),
        expect.stringMatching(/^40[349] /),
        '409 already-exists',
      ]);
      expect(await attacker.look(`admin-${number}`, '/v1/bank-account')).not.toHaveProperty('account');
    });
  });

  describe('an official with an interest', () => {
    const number = 18;
    const list = { listed: true, since: '2026-01-01', source: '信用中国公示' };

    it('puts the enterprise on no list and takes it off none', async () => {
      const { uscc } = await story.company(number);
      const interest = { organisation: uscc, kind: 'kinship' };
      await attacker.done('operator-3', 'POST', '/v1/interests', interest);
      const proposal = await attacker.send('operator-3', 'PUT', `/v1/credit-list/${uscc}`, list);
      expect(outcome(proposal)).toBe('403 conflict-of-interest');
      const { contentHash } = await attacker.done(operator, 'PUT', `/v1/credit-list/${uscc}`, list);
      const path = `/v1/credit-list/${uscc}/decision`;
      await attacker.done('approver-3', 'POST', '/v1/interests', interest);
      const confirm = { outcome: 'confirm', contentHash };
      expect(outcome(await attacker.send('approver-3', 'POST', path, confirm))).toBe(
        '403 conflict-of-interest',
      );
      expect(outcome(await attacker.send(operator, 'POST', path, confirm))).toBe('403 forbidden');
      const other = { ...confirm, contentHash: '0'.repeat(64) };
      expect(outcome(await attacker.send(approver, 'POST', path, other))).toBe('412 version-mismatch');
      await attacker.done(approver, 'POST', path, { outcome: 'refuse', contentHash, reason: '来源无法核实' });
      expect(outcome(await attacker.send(operator, 'GET', `/v1/credit-list/${uscc}`))).toBe('404 not-found');
    });

    it('grants nobody an exception alone', async () => {
      const { uscc } = await story.company(number);
      const reason = { zh: '系统故障', en: 'The system failed' };
      const body = {
        organisation: uscc,
        item: 'dcmm',
        until: '2030-01-01T00:00:00Z',
        reason,
        citation: '三(三)',
      };
      const own = await attacker.send(
        'operator-3',
        'POST',
        '/v1/late-exceptions',
        body,
        'late-exception-own',
      );
      expect(outcome(own)).toBe('403 conflict-of-interest');
      const given = await attacker.done(operator, 'POST', '/v1/late-exceptions', body, 'late-exception-one');
      const path = `/v1/late-exceptions/${uscc}/dcmm/${String(given['exceptionId'])}/decision`;
      const confirm = { decision: 'confirm', contentHash: given['contentHash'] };
      const answers = [
        await attacker.send(operator, 'POST', path, confirm),
        await attacker.send('operator-3', 'POST', path, confirm),
        await attacker.send('operator-1', 'POST', path, { ...confirm, contentHash: 'a' }),
      ];
      expect(answers.map(outcome)).toEqual([
        '403 same-person',
        '403 conflict-of-interest',
        '409 basis-changed',
      ]);
      const refusal = { decision: 'refuse', contentHash: given['contentHash'], reason: '理由不成立' };
      await attacker.done('operator-1', 'POST', path, refusal);
    });
  });
}
