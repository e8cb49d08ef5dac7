// Builds the root file systems of the lab's containers, and images of them, where they are not there, so that tests find them ready.
import { findMariadbRoot, findMysqlRoot, findRootFileSystem } from './root-file-system.ts';
import { buildImages } from './sandbox-engines.ts';

for (const find of [findRootFileSystem, findMariadbRoot, findMysqlRoot]) await find();
await buildImages();
