import { describe, expect, it } from 'vitest';
import { nameAs } from '../../../../functions/filing/documents/presigner.ts';

describe('the name that a file is downloaded under', () => {
  it.each([
    ['证书.pdf', 'application/pdf', '证书.pdf'],
    ['证书.PDF', 'application/pdf', '证书.PDF'],
    ['证书.pdf.hta', 'application/pdf', '证书.pdf.hta.pdf'],
    ['证书', 'application/pdf', '证书.pdf'],
    ['pdf', 'application/pdf', 'pdf.pdf'],
    ['照片.jpeg', 'image/jpeg', '照片.jpeg'],
    ['照片.exe', 'image/jpeg', '照片.exe.jpg'],
    ['what.html', 'text/html', 'what.html.bin'],
  ])('%s of the type %s is %s', (name, type, expected) => {
    expect(nameAs(name, type)).toBe(expected);
  });
});
