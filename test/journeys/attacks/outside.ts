import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { newUlid } from '../../../functions/shared/ids.ts';
import { pdfFiles } from '../../files/pdf-files.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { eventually, type Json, json, Story } from '../../support/story.ts';
import { Attacker, outcome } from './attacker.ts';

/** Who comes through the public door, sends files, or writes what others' programs will read. */
export function attackFromOutside(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let attacker: Attacker;
  let story: Story;
  beforeAll(() => {
    system = shared();
    attacker = new Attacker(system);
    story = new Story(system);
  });

  describe('a crowd that objects', () => {
    let applicationId: string;
    const objector = (changes: Json = {}) => ({
      ...{ kind: 'person', name: '陈示例', identifier: 'E12345678', phone: '13911112222' },
      ...changes,
    });
    const askCode = (address: string, via = 'phone') =>
      attacker.send(undefined, 'POST', '/v1/objection-confirmations', { via, address });
    const codeTo = (address: string): Promise<string> =>
      eventually(
        async () => {
          const page = await (await fetch(system.current.mailUrl)).text();
          return /确认码 (\d{6})/.exec(page.split(`→ ${address}<`)[1] ?? '')?.[1] ?? '';
        },
        (seen) => seen !== '',
      );
    const complain = (who: Json, confirmation: Json, grounds = '办理过程不公开，请予核查。') =>
      attacker.send(
        undefined,
        'POST',
        '/v1/objections',
        { applicationId, kind: 'complaint', objector: who, grounds, confirmation },
        newUlid(),
      );
    beforeAll(async () => {
      const [award] = await attacker
        .items('operator-1', '/v1/orders')
        .then(([order]) => attacker.items('operator-1', `/v1/orders/${String(order?.['orderId'])}/lines`));
      applicationId = String(award?.['applicationId']);
    });

    it('of invented people is nobody', async () => {
      const crowd = Array.from({ length: 100 }, (_, index) =>
        complain(objector({ phone: `1370000${String(index).padStart(4, '0')}` }), {
          ...{ via: 'phone', confirmationId: newUlid(), code: String(100_000 + index) },
        }),
      );
      for (const answer of await Promise.all(crowd)) expect(outcome(answer)).toBe('400 invalid-request');
    });

    it('keeps out nobody who is real, and none of them uses a code twice, or another’s', async () => {
      const phone = '13911112222';
      const { confirmationId } = json(await askCode(phone));
      const confirmation = { via: 'phone', confirmationId, code: await codeTo(phone) };
      expect(outcome(await complain(objector({ phone: '13911113333' }), confirmation))).toBe(
        '400 invalid-request',
      );
      expect(outcome(await complain(objector(), confirmation))).toBe('201 done');
      expect(outcome(await complain(objector(), confirmation, '另有一处办理过程不公开。'))).toBe(
        '400 invalid-request',
      );
    });

    it('guesses no code', async () => {
      const phone = '13911114444';
      const { confirmationId } = json(await askCode(phone));
      const code = await codeTo(phone);
      const guesses = Array.from({ length: 30 }, (_, index) =>
        String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0'),
      );
      const tried = await Promise.all(
        guesses.map((guess) => complain(objector({ phone }), { via: 'phone', confirmationId, code: guess })),
      );
      for (const answer of tried) expect(answer.status).toBe(400);
      expect(outcome(await complain(objector({ phone }), { via: 'phone', confirmationId, code }))).toBe(
        '400 invalid-request',
      );
    });

    it.each([
      ['phone', ['13911115555', '+86 139 1111 5555', '0086-13911115555', '8613911115555']],
      ['email', ['crowd@example.org', 'CROWD@example.org', 'crowd+1@example.org', 'crowd+2@example.org']],
    ])('has one %s, however it is written', async (via, addresses) => {
      const answers: string[] = [];
      for (const address of addresses) answers.push(outcome(await askCode(address, via)));
      expect(answers).toEqual(['201 done', '201 done', '201 done', '429 too-many-requests']);
    });

    it('against an award whose notice is over holds nothing', async () => {
      const body = {
        applicationId,
        kind: 'objection',
        objector: objector(),
        grounds: '申报单位与公示信息不一致，请予核查。',
      };
      const answer = await attacker.send('preparer-19', 'POST', '/v1/me/objections', body, newUlid());
      expect(outcome(answer)).toBe('409 deadline-passed');
    });

    it('learns no standing by another’s receipt, and no award that is not public', async () => {
      const body = { kind: 'complaint', objector: objector(), grounds: '办理过程不公开，请予核查。' };
      const sent = (id: string) =>
        attacker.send('preparer-19', 'POST', '/v1/me/objections', { ...body, applicationId: id }, newUlid());
      const { objectionId } = json(await sent(applicationId));
      const path = `/v1/objections/${String(objectionId)}/standing`;
      const standing = await system.call(undefined, 'GET', path, {
        headers: { 'objection-receipt': 'a'.repeat(43) },
      });
      expect(outcome(standing)).toBe('404 not-found');
      expect(outcome(await sent(await story.draft(15)))).toBe('404 not-found');
    });
  });

  describe('somebody who uploads', () => {
    let applicationId: string;
    beforeAll(async () => {
      applicationId = await story.draft(15);
    });
    const ask = (fileName: string, file: Buffer = Buffer.from('%PDF-1.4'), contentType = 'application/pdf') =>
      attacker.send('preparer-15', 'POST', `/v1/applications/${applicationId}/documents`, {
        ...{ material: 'certificate', fileName, contentType, bytes: file.length },
        sha256: createHash('sha256').update(file).digest('hex'),
      });

    it.each([
      ...[
        'x.pdf.hta',
        'x.hta.pdf',
        '../x.pdf',
        'a/b.pdf',
        'a\\b.pdf',
        '.htaccess',
        'x.pdf.',
        'CON.pdf',
        'lpt1.pdf',
      ],
      ...[
        'x\u202efdp.exe',
        'x\u0000.pdf',
        'x\r\nset-cookie: a.pdf',
        'x%2f..%2fy.pdf',
        'x\u200b.pdf',
        'x".pdf',
        '<x>.pdf',
      ],
    ])('has no file called %j', async (fileName) => {
      expect(outcome(await ask(fileName))).toBe('400 invalid-request');
    });

    it('has no file accepted that runs, carries programs, is locked or broken, and no link to it', async () => {
      const hostile = [
        ...[
          'that runs a script, written otherwise.pdf',
          'that runs a packed script.pdf',
          'with a password.pdf',
        ],
        ...['with the test virus in it.pdf', 'before a package.pdf', 'a page with all that a PDF has.pdf'],
      ].map((name) => pdfFiles.find((file) => file.name === name));
      const ids = await Promise.all(
        hostile.map(async (file, index) => {
          const content = file?.content() ?? Buffer.alloc(0);
          const answer = await ask(`证书 ${index}.pdf`, content);
          const { upload, document } = answer.body as {
            upload: { url: string; headers: Record<string, string> };
            document: Json;
          };
          const put = await fetch(upload.url, {
            method: 'PUT',
            headers: upload.headers,
            body: new Uint8Array(content),
          });
          expect(put.status).toBe(200);
          return String(document['documentId']);
        }),
      );
      const documents = await eventually(
        () => story.documents(15, applicationId),
        (seen) => seen.every(({ status }) => status !== 'awaiting-upload' && status !== 'quarantined'),
      );
      const found = ids.map((id) => documents.find(({ documentId }) => documentId === id));
      expect(found.map((document) => document?.['status'])).toEqual(ids.map(() => 'refused'));
      for (const id of ids) {
        const link = await attacker.send(
          'preparer-15',
          'GET',
          `/v1/applications/${applicationId}/documents/${id}/link`,
        );
        expect(link.status).toBe(409);
      }
    });
  });

  describe('somebody who writes for others’ programs', () => {
    it.each(['a\u202eb', 'a\u200bb', 'a\u0007b', 'a\ud800b', 'a\u2066b', 'a\u{e0041}b', 'a\ufeffb'])(
      'has %j taken at no door',
      async (text) => {
        const body = await story.dcmm(15, { projectName: `项目${text}` });
        const words = { zh: `项目${text}说明`, en: 'note' };
        const answers = [
          await attacker.send('preparer-15', 'POST', '/v1/applications', body),
          await attacker.send(
            'operator-1',
            'POST',
            '/v1/items/dcmm/announcements',
            { title: words, text: words },
            newUlid(),
          ),
          await attacker.send('access-admin-1', 'POST', '/v1/grants', {
            identifier: 'E76543212',
            role: 'expert',
            reason: text,
          }),
          await attacker.send('operator-1', 'POST', '/v1/guide-proposals', { guide: {}, cause: text }),
        ];
        expect(answers.map(outcome)).toEqual(answers.map(() => '400 invalid-request'));
      },
    );

    it('puts no formula into a table that others open, in any width', async () => {
      const formulas = ['=cmd|calc', '＝HYPERLINK("http://example.com")', '＋1', ' @SUM(1)', '\u3000－1'];
      for (const [index, reason] of formulas.entries()) {
        const grant = { identifier: `E7654322${index}`, role: 'expert', reason };
        await attacker.done('access-admin-1', 'POST', '/v1/grants', grant);
      }
      const { body } = await system.call('auditor-1', 'GET', '/v1/access-review?format=csv');
      const cells = String(body).split(/[,\r\n]+/);
      expect(cells.filter((cell) => /^"?[\s\u3000]*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
      expect(
        cells.filter((cell) => /^"?'[\s\u3000]*[=+\-@＝＋－＠]/.test(cell)).length,
      ).toBeGreaterThanOrEqual(5);
    });

    it('applies in no other name than that of the login', async () => {
      const { uscc, name } = await story.company(15);
      const other = (await story.company(14)).name;
      const enterprise = { uscc, name: other, district: '440106', registeredOn: '2015-06-01' };
      const answer = await attacker.send(
        'preparer-15',
        'POST',
        '/v1/applications',
        await story.dcmm(15, { enterprise }),
      );
      if (answer.status === 201) {
        const shown = await attacker.look(
          'preparer-15',
          `/v1/applications/${String(json(answer)['applicationId'])}`,
        );
        expect(JSON.stringify(shown)).toContain(name);
        expect(shown['organisationName'] ?? name).toBe(name);
      } else expect(outcome(answer)).toMatch(/^40[03] /);
    });
  });
}
