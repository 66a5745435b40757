package runtime

// mapImage maps the initial contents of memory 0 instead of copying them, where that is
// possible and worth it.
func (in *Instance) mapImage() bool { return false }
