// Short texts whose optimised descriptions have constants of whole words for single bytes.
#include <optional>
#include <string>
#include <tuple>

void look();

int main() {
    std::string one = "s", five = "abcde", nine = "abcdefghi";
    std::u32string wide = U"\U0001F600";
    std::optional<std::string> some = "xyz";
    std::tuple<int, std::string, double> tuple{1, "t", 2.5};
    look();
    return one.size() + five.size() + nine.size() + wide.size() + some->size() + std::get<1>(tuple).size();
}
