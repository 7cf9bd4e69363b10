import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { centralHeader, endOf, localHeader, zipArchive } from '../../../functions/shared/zip-archive.ts';
import { filesOfZip, whole } from '../../support/zip-files.ts';

const at = new Date('2026-11-23T02:00:02Z');
const filed = (name: string, text: string, bytes = Buffer.byteLength(text)) => {
  const content = Buffer.from(text);
  return {
    ...{ name, bytes, crc32: crc32(content) },
    async *read() {
      for (let from = 0; from < content.length; from += 3) yield content.subarray(from, from + 3);
    },
  };
};
const archive = (...files: ReturnType<typeof filed>[]) => whole(zipArchive(files, at));

describe('an archive', () => {
  it('holds every file under its name, the same bytes for the same files', async () => {
    const files = [filed('目录.txt', '目录'), filed('documents/01-a.pdf', '%PDF-1.7'), filed('empty', '')];
    const made = await archive(...files);
    const read = [...filesOfZip(made)].map(([name, content]) => [name, content.toString()]);
    expect(read).toEqual([
      ['目录.txt', '目录'],
      ['documents/01-a.pdf', '%PDF-1.7'],
      ['empty', ''],
    ]);
    expect(await archive(...files)).toEqual(made);
    expect((await archive()).length).toBe(22);
  });

  it('bears the time on the clocks of China', async () => {
    const made = await archive(filed('a', 'a'));
    const [time, day] = [made.readUInt16LE(10), made.readUInt16LE(12)];
    expect([time >> 11, (time >> 5) & 63, (time & 31) * 2]).toEqual([10, 0, 2]);
    expect([(day >> 9) + 1980, (day >> 5) & 15, day & 31]).toEqual([2026, 11, 23]);
  });

  it.each([1, -1])('is not made of a file that has other bytes than were said (%s)', async (more) => {
    await expect(archive(filed('a', 'abc', 3 + more))).rejects.toThrow(`a has 3 bytes, not ${3 + more}`);
  });

  it('goes on above 4 GiB', () => {
    const far = { name: 'a', bytes: 5, crc32: 1, offset: 5_000_000_000 };
    const large = { ...far, bytes: 6_000_000_000, offset: 7 };
    const extra = (header: Buffer, from: number) =>
      [...Array(header.readUInt16LE(from + 2) / 8).keys()].map((index) =>
        Number(header.readBigUInt64LE(from + 4 + index * 8)),
      );
    expect(extra(centralHeader(far, at), 47)).toEqual([5_000_000_000]);
    expect(extra(centralHeader(large, at), 47)).toEqual([6_000_000_000, 6_000_000_000]);
    expect(extra(localHeader(large, at), 31)).toEqual([6_000_000_000, 6_000_000_000]);
    expect(localHeader(large, at).readUInt32LE(18)).toBe(0xffff_ffff);
    const end = endOf(2, 100, 9_000_000_000);
    expect(end.length).toBe(56 + 20 + 22);
    expect([end.readBigUInt64LE(48), end.readBigUInt64LE(64)]).toEqual([9_000_000_000n, 9_000_000_100n]);
  });
});
