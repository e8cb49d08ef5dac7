import { n as runOnGitHub } from "./chunks/on-github.js";
import { t as actions } from "./chunks/actions.js";

// src/entries/sync-storage.ts
await runOnGitHub(actions["sync-storage"]);

export {  };