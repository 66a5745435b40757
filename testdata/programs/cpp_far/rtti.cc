// What the compiler's descriptions of classes refer to. Compiled without such descriptions of its own.
namespace __cxxabiv1 {
struct __class_type_info { virtual void is(); };
struct __si_class_type_info { virtual void is(); };
struct __vmi_class_type_info { virtual void is(); };
void __class_type_info::is() {}
void __si_class_type_info::is() {}
void __vmi_class_type_info::is() {}
} // namespace __cxxabiv1
