// @ts-check
import { mounted } from "../kit/mount.js";
import { Light } from "./light.js";

export default mounted(Light, { selector: ".drag", trigger: "commit" });
