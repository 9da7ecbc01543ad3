// @ts-check
import { mounted } from "../kit/mount.js";
import { Fading } from "./fading.js";

export default mounted(Fading, { selector: ".drag", trigger: "commit" });
