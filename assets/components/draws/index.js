// @ts-check
import { mounted } from "../kit/mount.js";
import { Draws } from "./draws.js";

export default mounted(Draws, { selector: ".drag", trigger: "commit" });
