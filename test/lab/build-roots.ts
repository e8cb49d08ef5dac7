// Builds the root file systems of the lab's containers where they are not there, so that tests find them ready.
import { findMariadbRoot, findMysqlRoot, findRootFileSystem } from './root-file-system.ts';

for (const find of [findRootFileSystem, findMariadbRoot, findMysqlRoot]) await find();
