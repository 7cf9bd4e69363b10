import { createHash } from 'node:crypto';
import type { Bilingual } from '../../shared/text.ts';
import { packageHazard } from './active-package.ts';
import { lookIntoPdf } from './active-pdf.ts';
import type { ArrivedFiles } from './arrived-files.ts';
import type { FileFlaw } from './file-flaw.ts';
import { FileSignature } from './file-signature.ts';

/** What was declared of a file before its upload. */
export interface DeclaredContent {
  readonly contentType: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** A file that has arrived, and where it is read. */
interface InspectedFile {
  readonly files: Pick<ArrivedFiles, 'read'>;
  /** Key of the object. */
  readonly key: string;
  readonly declared: DeclaredContent;
}

/**
 * Looks into a file that has arrived: whether it is what was declared, whole, and safe to open.
 * @returns the fault that it has, if it has one; undefined when there is no such object.
 */
export async function inspectFile(file: InspectedFile): Promise<Inspected | undefined> {
  const content = await file.files.read(file.key);
  if (!content) return undefined;
  const measured = await measure(content, file.declared);
  const fault = faultOf(file.declared, measured);
  return fault ? { fault } : lookInto(file, measured);
}

/** What was found in a file. */
interface Inspected {
  readonly fault?: Fault;
  /** How many files of XML data a PDF carries, where it does. */
  readonly dataFiles?: number;
}

/** What was seen of a file. A file longer than declared is not read to its end, so its hash means nothing then. */
interface Measured {
  readonly bytes: number;
  readonly sha256: string;
  readonly signature: FileSignature;
  /** All of it, of a PDF: its objects may stand anywhere. */
  readonly pdf: readonly Uint8Array[];
}

/** Reads a file as it comes, keeping no more of it than what tells its format, unless it is a PDF. */
async function measure(file: AsyncIterable<Uint8Array>, declared: DeclaredContent): Promise<Measured> {
  const hash = createHash('sha256');
  const pdf: Uint8Array[] = [];
  const signature = new FileSignature();
  let bytes = 0;
  for await (const chunk of file) {
    hash.update(chunk);
    signature.add(chunk);
    bytes += chunk.byteLength;
    if (bytes > declared.bytes) break;
    if (declared.contentType === 'application/pdf') pdf.push(chunk);
  }
  return { bytes, sha256: hash.digest('hex'), signature, pdf };
}

/** Why a file is refused. */
export interface Fault {
  readonly code: string;
  readonly message: Bilingual;
}

/** What is unsafe in the objects of a PDF, or in the parts of a package. */
async function lookInto({ files, key, declared }: InspectedFile, measured: Measured): Promise<Inspected> {
  if (declared.contentType === 'application/pdf') {
    const found = lookIntoPdf(Buffer.concat(measured.pdf));
    if ('flaw' in found) return { fault: flaws[found.flaw](declared.contentType) };
    return found.dataFiles > 0 ? found : {};
  }
  const entries = measured.signature.entries();
  if (!entries) return {};
  const read = async (from: number, to: number): Promise<Buffer> => {
    const part = from < to ? await files.read(key, { from, to }) : undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of part ?? []) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const flaw = await packageHazard(entries, declared.bytes, read);
  return flaw ? { fault: flaws[flaw](declared.contentType) } : {};
}

function faultOf(document: DeclaredContent, measured: Measured): Fault | undefined {
  if (measured.bytes === 0) {
    return { code: 'empty', message: { zh: '文件为空', en: 'The file is empty' } };
  }
  if (measured.bytes !== document.bytes) {
    return {
      code: 'length-mismatch',
      message: {
        zh: `上传文件的长度与申报的 ${document.bytes} 字节不符`,
        en: `The file does not have the ${document.bytes} bytes that were declared`,
      },
    };
  }
  if (measured.sha256 !== document.sha256) {
    return {
      code: 'hash-mismatch',
      message: {
        zh: '上传文件的 SHA-256 与申报的不符',
        en: 'The SHA-256 of the file is not the one that was declared',
      },
    };
  }
  const flaw = measured.signature.flaw(document.contentType);
  return flaw && flaws[flaw](document.contentType);
}

const flaws: Readonly<Record<FileFlaw, (type: string) => Fault>> = {
  active: () => ({
    code: 'active-content',
    message: {
      zh: '文件含宏、脚本、控件或启动程序的动作：请去除后另存为普通文件，再重新上传',
      en: 'The file holds macros, scripts, controls or actions that start programs: save it without them, and upload it again',
    },
  }),
  carrying: () => ({
    code: 'embedded-files',
    message: {
      zh: '文件中嵌有 XML 数据以外的其他文件或对象：请将其作为单独的材料上传，并在此文件中去除',
      en: 'Files or objects other than XML data are embedded in the file: upload them as documents of their own, and this one without them',
    },
  }),
  fetching: () => ({
    code: 'external-content',
    message: {
      zh: '文件打开时会从其他地址读取模板或内容：请断开这些链接后另存，再重新上传',
      en: 'The file reads a template or content from elsewhere when it is opened: break these links, save it and upload it again',
    },
  }),
  expanding: () => ({
    code: 'expands-too-much',
    message: {
      zh: '文件解压后过大：请缩减内容或重新导出后上传',
      en: 'The file unpacks to far too much: reduce or export it again and upload it',
    },
  }),
  hidden: () => ({
    code: 'unreadable-structure',
    message: {
      zh: '文件的内部结构无法检查：请重新导出或打印为 PDF 后上传',
      en: 'What is inside the file cannot be checked: export it again, or print it as PDF, and upload it',
    },
  }),
  mismatch: (type) => ({
    code: 'type-mismatch',
    message: {
      zh: `文件内容不是所声明的 ${type} 格式`,
      en: `The content of the file is not ${type} as declared`,
    },
  }),
  encrypted: () => ({
    code: 'encrypted',
    message: {
      zh: '文件已加密或限制权限：请去除密码和权限限制后另存，再重新上传',
      en: 'The file is encrypted: save it without password and restrictions, and upload it again',
    },
  }),
  incomplete: (type) => ({
    code: 'incomplete',
    message: {
      zh: `文件不完整，无法作为 ${type} 打开：请重新导出或扫描后上传`,
      en: `The file is not whole and does not open as ${type}: export or scan it again and upload it`,
    },
  }),
};
