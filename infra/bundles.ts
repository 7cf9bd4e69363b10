import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { Law } from '../functions/policy/guides/policy-book.ts';
import { loginDepartments } from '../functions/review/tasks/login-departments.ts';
import type { Door } from '../functions/shared/environment.ts';
import { compilePolicy } from '../policy/compile.ts';
import { keepBundles } from './kept-bundles.ts';
import { buildPortal } from './portal-files.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/**
 * Ways to find credentials that the SDK imports only when the variables of the environment hold none. Lambda always
 * sets those, so the other ways, with clients of their own, are 90 KB that nobody runs.
 */
const unusedCredentialSources = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** What the SDK imports in a browser only, to read the name of the browser: 34 KB in each bundle. */
const browserOnly = ['bowser'];

/** Of its packages' descriptions the SDK reads the version, to name it in requests; the rest is 2 KB for each client. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]@aws-sdk[/\\]client-[\w-]+[/\\]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * In the SDK's descriptions of what it sends, traits are named by constants (`[_h]: …`), which a bundler cannot know to do
 * nothing. Named by their text, what no command of a function needs can be left out: for S3, 50 KB.
 */
const traitsByName: Plugin = {
  name: 'traits-by-name',
  setup({ onLoad }) {
    onLoad(
      { filter: /[/\\]@aws-sdk[/\\]client-s3[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/ },
      ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const texts = new Map(
          [...source.matchAll(/^const (\w+) = (".*");$/gm)].map(([, name, text]) => [name, text]),
        );
        const named = source.replace(/\[(\w+)\]: /g, (trait, name: string) => {
          const text = texts.get(name);
          return text === undefined ? trait : `${text}: `;
        });
        return { contents: named, loader: 'js' };
      },
    );
  },
};

/** How every function is bundled, beside `builtinsUnread`; the benchmark bundles its yardstick the same way. */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // ES modules first: they can be tree-shaken, and import faster than CommonJS.
  mainFields: ['module', 'main'],
  minify: true,
  treeShaking: true,
  // What a door imports on demand is a file of its own, which a cold start that does not need it never reads.
  splitting: true,
  // Chinese text as it is: escaped, it takes twice the bytes.
  charset: 'utf8',
  legalComments: 'none',
  external: [...unusedCredentialSources, ...browserOnly],
  plugins: [versionOnly, traitsByName],
  // A CommonJS dependency (the detection of file types has one) still requires Node's own modules.
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  },
  // A source map would double the package, and stack traces show names enough.
  sourcemap: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * Node's own modules as they are, for the functions alone. Importing one reads each of its exports, and so makes what is
 * made when it is first asked for: `undici` behind `node:http`, the streams of the console behind `node:process`. That is
 * a tenth of the processor time of a cold start, for what no function uses.
 */
const builtinsUnread: Plugin = {
  name: 'builtins-unread',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
};
const bannerUnread = "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);";

/** A free font (SIL OFL 1.1) with the ideographs of GB 18030's first levels and beyond. */
const fontPath = join(
  repository,
  'node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
);

/** Directories with the functions' bundles. */
export interface Bundles {
  /** Directory of a door's bundle: index.mjs, and policy.json where it was asked for. */
  directory(door: Door): string;
  /** Departments of the law that people may decide for. */
  readonly departments: readonly string[];
  /** Removes the directories; the cloud assembly has its copies by then. */
  remove(): void;
}

/** What lies beside the bundle of a door: the compiled notice and calendars, the font of what is printed, the portal. */
export interface BesideBundle {
  readonly policy: boolean;
  readonly font: boolean;
  readonly portal: boolean;
}

export interface BundlingOptions {
  readonly parent?: string;
  readonly kept?: boolean;
}

/**
 * Bundles all doors in one esbuild process. The construct library's NodejsFunction starts `npx esbuild`
 * for each function, one after the other, which for two dozen functions takes longer than all the rest of a synthesis;
 * and each local start synthesizes.
 * @param doors the doors, and what lies beside the bundle of each
 * @param options.parent folder to make the bundles in; the temporary folder unless said otherwise
 * @param options.kept takes the code that an earlier run bundled, if it is the same; not for what is deployed
 * @throws Error with esbuild's messages, or with every fault of the policy files.
 */
export async function bundleDoors(
  doors: Readonly<Partial<Record<Door, BesideBundle>>>,
  { parent = tmpdir(), kept = false }: BundlingOptions = {},
): Promise<Bundles> {
  const root = mkdtempSync(join(parent, 'software-support-bundles-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    // Guides are published, not bundled; the ones in the repository are checked with the rest all the same.
    const { guides: _, ...law } = compilePolicy();
    const text = JSON.stringify(law satisfies Law);
    const names = Object.keys(doors);
    if (kept) {
      const made = await keepBundles(['functions', 'infra'], names, (into) => bundleCode(names, into));
      cpSync(made, root, { recursive: true });
    } else await bundleCode(names, root);
    for (const [door, { policy, font, portal }] of Object.entries(doors)) {
      if (policy) writeFileSync(join(root, door, 'policy.json'), text);
      if (font) cpSync(fontPath, join(root, door, 'font.ttf'));
      if (!portal) continue;
      const files = join(root, door, 'portal');
      if (kept) {
        const made = await keepBundles(['web', 'functions', 'infra'], ['portal'], buildPortal);
        cpSync(made, files, { recursive: true });
      } else await buildPortal(files);
    }
    const departments = loginDepartments(law.notice);
    return { directory: (door) => join(root, door), departments, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * First all doors together, so that a file of the packages is read once and not for each door: that leaves pieces, of
 * which some doors need dozens. Then each door of its own pieces, since a cold start reads one file sooner than many. It
 * takes half of the processor time of bundling each door from the start.
 */
async function bundleCode(names: readonly string[], directory: string): Promise<void> {
  const pieces = join(directory, 'pieces');
  const pieceOf = (door: string) => door.replaceAll('/', '-');
  await build({
    ...bundleOptions,
    // With its white space, and so with the marks by which the second step tells what can be left out.
    minify: false,
    minifyIdentifiers: true,
    minifySyntax: true,
    banner: {},
    plugins: [...bundleOptions.plugins, builtinsUnread],
    absWorkingDir: repository,
    entryPoints: Object.fromEntries(names.map((door) => [pieceOf(door), join('functions', `${door}.ts`)])),
    outdir: pieces,
  });
  // As many at once as there are cores: all of them take gigabytes.
  const waiting = [...names];
  const bundleNext = async (): Promise<void> => {
    for (let door = waiting.pop(); door !== undefined; door = waiting.pop()) {
      await build({
        ...bundleOptions,
        banner: { js: bannerUnread },
        absWorkingDir: pieces,
        entryPoints: { index: `${pieceOf(door)}.mjs` },
        outdir: join(directory, door),
      });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, bundleNext));
  rmSync(pieces, { recursive: true });
}
