import { Vt as formatBytes, Wt as formatDuration } from "./proxy.js";

// src/actions/progress-log.ts
const INTERVAL_MS = 5e3;
const REDRAW_MS = 250;
/** A rate over less jumps about; over more it is late to fall. */
const REDRAWS_PER_RATE = 20;
/** `totalBytes` undefined: not known. */
function startProgressLog(label, totalBytes, reporter) {
	const startedAt = performance.now();
	let bytes = 0;
	const samples = [{
		at: startedAt,
		bytes: 0
	}];
	const describe = () => {
		const now = performance.now();
		const [oldest = {
			at: now,
			bytes
		}] = samples;
		const bytesPerSecond = (bytes - oldest.bytes) * 1e3 / Math.max(1, now - oldest.at);
		return {
			label,
			doneBytes: bytes,
			totalBytes,
			bytesPerSecond,
			elapsedMs: now - startedAt
		};
	};
	const isDrawn = reporter.progress?.(describe()) === true;
	const tell = () => {
		const progress = describe();
		if (isDrawn) reporter.progress?.(progress);
		else reporter.info(renderLine(progress));
		samples.push({
			at: performance.now(),
			bytes
		});
		if (samples.length > (isDrawn ? REDRAWS_PER_RATE : 1)) samples.shift();
	};
	const timer = setInterval(tell, isDrawn ? REDRAW_MS : INTERVAL_MS);
	return {
		add: (count) => {
			bytes += count;
		},
		end: () => {
			clearInterval(timer);
			if (isDrawn) reporter.progress?.(void 0);
		}
	};
}
function renderLine({ label, doneBytes, totalBytes, bytesPerSecond, elapsedMs }) {
	const all = totalBytes === void 0 ? "" : ` of ${formatBytes(totalBytes)}`;
	return `${label}: ${formatBytes(doneBytes)}${all}, ${formatBytes(bytesPerSecond)}/s, ${formatDuration(elapsedMs)}`;
}

export { startProgressLog as t };