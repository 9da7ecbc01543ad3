// @ts-check
import { mounted } from "../kit/mount.js";
import { Loop } from "./loop.js";

export default mounted(Loop, { selector: ".loop", trigger: "phase" });
