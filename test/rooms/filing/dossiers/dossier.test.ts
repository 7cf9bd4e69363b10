import { describe, expect, it } from 'vitest';
import { parseRequestKey, requestKey } from '../../../../functions/filing/dossiers/dossier.ts';
import { entryName } from '../../../../functions/filing/dossiers/entry-name.ts';
import { awaitingDocument } from '../../../builders/document.ts';

const applicationId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('what asks for a dossier', () => {
  it('names its submission', () => {
    const id = { applicationId, number: 12 };
    expect(parseRequestKey(requestKey(id, new Date()))).toEqual(id);
  });

  it.each([
    'dossier-requests/x/1/1',
    `dossier-requests/${applicationId}/0/1`,
    `dossier-requests/${applicationId}/1/../1`,
    `dossier-requests/${applicationId}/1`,
    `applications/${applicationId}/1/1`,
    '',
  ])('is no other key: %s', (key) => {
    expect(parseRequestKey(key)).toBeUndefined();
  });
});

describe('the name of a document in a dossier', () => {
  it.each([
    ['审计 报告.pdf', '审计 报告.pdf'],
    ['报告.PDF', '报告.pdf'],
    ['../../etc/passwd', '_.._etc_passwd.pdf'],
    ['C:\\a.exe', 'C__a.exe.pdf'],
    ['a\r\nb.pdf', 'a__b.pdf'],
    ['\u202Efdp.exe', '_fdp.exe.pdf'],
    ['CON', 'CON.pdf'],
    ['...', '.pdf'],
    ['半\ud800.pdf', '半\ufffd.pdf'],
    [`${'长'.repeat(200)}.pdf`, `${'长'.repeat(40)}.pdf`],
    [`${'a'.repeat(119)}𬭎.pdf`, `${'a'.repeat(119)}.pdf`],
  ])('%j is safe', (fileName, expected) => {
    const name = entryName(awaitingDocument({ fileName, material: 'certificate' }), 3);
    expect(name).toBe(`documents/03-certificate-${expected}`);
  });

  it('is unlike every other, and has the ending of what it was verified to be', () => {
    const document = awaitingDocument({ fileName: '证书.png', contentType: 'image/png' });
    expect(entryName(document, 1)).not.toBe(entryName(document, 2));
    expect(entryName(document, 1)).toMatch(/-证书\.png$/);
  });
});
