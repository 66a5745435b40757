package amd64

// slab hands out exact copies of scratch slices from larger pieces of memory: a module has
// many functions, each with many short lists that live as long as all the others.
type slab[T any] struct{ free []T }

const slabLen = 4096

func (s *slab[T]) copy(v []T) []T {
	if len(v) == 0 {
		return nil
	}
	if len(v) > slabLen/4 {
		return append(make([]T, 0, len(v)), v...)
	}
	if len(v) > len(s.free) {
		s.free = make([]T, slabLen)
	}
	out := s.free[:len(v):len(v)]
	s.free = s.free[len(v):]
	copy(out, v)
	return out
}
