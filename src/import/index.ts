import type { Imported, ImportSource } from './imported.ts';
import { importLandlockconfig } from './landlockconfig.ts';
import { importLandrun } from './landrun.ts';
import { importOpenshell } from './openshell.ts';
import { importSandboxRuntime } from './sandbox-runtime.ts';

export type { Imported, ImportSource };

/** Importers by the name of the kind. Each throws an Error that says what it could not read. */
export const IMPORTERS: Readonly<Record<string, (source: ImportSource) => Imported>> = {
  landlockconfig: importLandlockconfig,
  landrun: importLandrun,
  'sandbox-runtime': importSandboxRuntime,
  openshell: importOpenshell,
};
