// Bundler plug-in: puts licenses.txt next to the bundle, with the licence of every package that went into it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;
const RULE = '-'.repeat(80);

interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX; packages from before it was invented have none. */
  readonly license: string | undefined;
  readonly directory: string;
}

export function licensesPlugin(): Plugin {
  return {
    name: 'licenses',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((output) =>
        output.type === 'chunk' ? output.moduleIds : [],
      );
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: renderLicenses(modules) });
    },
  };
}

/** Throws for a package that does not say under which licence it is. */
function renderLicenses(modules: readonly string[]): string {
  const directories = new Set(modules.map(findPackage).filter((directory) => directory !== undefined));
  const packages = [...directories].map(readPackage).sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));
  // Most texts are the same for many packages.
  const byText = Map.groupBy(packages, readLicence);
  return [...byText]
    .map(([text, owners]) => `${owners.map(titleOf).join('\n')}\n\n${text}\n\n${RULE}\n`)
    .join('\n');
}

function titleOf({ name, version }: BundledPackage): string {
  return `${name} ${version}`;
}

/** The folder of the package that a module of node_modules belongs to: the nearest that has a name and a version. */
function findPackage(module: string): string | undefined {
  // Bundlers mark modules of their own making with a NUL.
  if (!module.includes('/node_modules/') || module.includes('\0')) return undefined;
  let directory = dirname(module);
  while (!isPackage(directory)) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no package.json above ${module}`);
    directory = parent;
  }
  return directory;
}

function isPackage(directory: string): boolean {
  const description = readJson(join(directory, 'package.json'));
  return 'name' in description && 'version' in description;
}

function readPackage(directory: string): BundledPackage {
  const { name, version, license } = readJson(join(directory, 'package.json'));
  if (typeof name !== 'string' || typeof version !== 'string') throw new Error(`no name in ${directory}`);
  return { name, version, license: typeof license === 'string' ? license : undefined, directory };
}

/** The text of the licence, or its SPDX name where the package has no such file. */
function readLicence({ name, license, directory }: BundledPackage): string {
  const texts = readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim());
  if (texts.length > 0) return texts.join('\n\n');
  if (license === undefined) throw new Error(`${name} does not say under which licence it is`);
  return license;
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) return {};
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}
