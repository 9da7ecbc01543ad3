// @ts-check
import { mounted } from "../kit/mount.js";
import { Hero } from "./hero.js";

export default mounted(Hero, { trigger: "rest" });
