import { n as runOnGitHub } from "./chunks/on-github.js";
import { t as actions } from "./chunks/actions.js";

// src/entries/ship-binlogs.ts
await runOnGitHub(actions["ship-binlogs"]);

export {  };