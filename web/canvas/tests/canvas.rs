//! What the canvas does under a hand, a wheel and a keyboard, in the words of whoever uses it.

use canvas::walk::Direction;
use canvas::{
    Canvas, Change, Gesture, Input, Key, Minimap, NODE_HEIGHT, NODE_WIDTH, Point, PointerButton, Rect, Scene,
    Size, Viewport, With,
};
use model::{FlowDocument, NodeId, OperationSpec, Specs};
use serde_json::json;

const SCREEN: Size = Size::new(1_000.0, 600.0);
const MOUSE: i32 = 1;
const THUMB: i32 = 2;
const FINGER: i32 = 3;

fn specs() -> Specs {
    let operations = vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก"),
        OperationSpec::transform("core/script", "Script", "สคริปต์"),
        OperationSpec::control("core/switch", "Switch", "แยกทาง").ports_from_cases(),
        OperationSpec::action("http/request", "HTTP request", "เรียก HTTP"),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done"]),
    ];
    Specs::new(Vec::new(), operations)
}

/// order → choose → { paid → erp, else → mail }, and erp's error → alarm.
fn order_flow() -> FlowDocument {
    serde_json::from_value(json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            {"id": "mail", "use": "http/request"},
            {"id": "order", "use": "core/webhook", "title": "Order paid"},
            {"id": "choose", "use": "core/switch", "with": {"cases": [{"port": "paid", "when": "${true}"}]}},
            {"id": "erp", "use": "http/request"},
            {"id": "alarm", "use": "http/request"}
        ],
        "edges": [
            {"from": "order", "to": "choose"},
            {"from": "choose.else", "to": "mail"},
            {"from": "choose.paid", "to": "erp"},
            {"from": "erp.error", "to": "alarm"}
        ],
        "layout": {"order": [0, 200], "choose": [300, 200], "erp": [600, 100], "mail": [600, 300], "alarm": [900, 420]}
    }))
    .expect("the test's flow is well formed")
}

struct TestCanvas {
    canvas: Canvas,
    changes: Vec<Change>,
}

impl TestCanvas {
    fn open() -> Self {
        let mut canvas = Canvas::new(Scene::new(&order_flow(), &specs()));
        canvas.handle(Input::Resize(SCREEN));
        Self { canvas, changes: Vec::new() }
    }

    fn send(mut self, input: Input) -> Self {
        self.changes = self.canvas.handle(input);
        let zoom = self.canvas.view().zoom;
        assert!((canvas::ZOOM_MIN..=canvas::ZOOM_MAX).contains(&zoom), "the zoom stays in its range");
        let selected = self.canvas.selected();
        assert!(
            selected.is_none_or(|id| self.canvas.scene().node(id.as_str()).is_some()),
            "a selected node exists"
        );
        self
    }

    fn press(self, x: f64, y: f64) -> Self {
        self.send(Input::Press {
            pointer: MOUSE,
            button: PointerButton::Main,
            at: Point::new(x, y),
            with: With::default(),
        })
    }

    fn touch(self, pointer: i32, x: f64, y: f64) -> Self {
        self.send(Input::Press {
            pointer,
            button: PointerButton::Main,
            at: Point::new(x, y),
            with: With::default(),
        })
    }

    fn move_to(self, pointer: i32, x: f64, y: f64) -> Self {
        self.send(Input::Move { pointer, at: Point::new(x, y) })
    }

    fn release(self, pointer: i32, x: f64, y: f64) -> Self {
        self.send(Input::Release { pointer, at: Point::new(x, y) })
    }

    fn key(self, key: Key) -> Self {
        self.send(Input::Key(key))
    }

    /// An arrow key, with the page doing what it is asked: giving the node the focus.
    fn arrow(self, direction: Direction) -> Self {
        let after = self.key(Key::Arrow(direction));
        match after.changes.last().cloned() {
            Some(Change::FocusNode(node)) => after.send(Input::Focus(node)),
            _ => after,
        }
    }

    fn on_screen(&self, node: &str) -> Point {
        self.canvas
            .view()
            .to_screen(self.canvas.scene().node(node).expect("a node of the flow").area.centre())
    }

    fn selected(&self) -> Option<&str> {
        self.canvas.selected().map(NodeId::as_str)
    }
}

#[test]
fn a_flow_is_fitted_into_the_window_when_it_opens() {
    let test = TestCanvas::open();
    let visible = test.canvas.view().visible(SCREEN);
    for node in &test.canvas.scene().nodes {
        assert!(
            visible.contains(node.area.min) && visible.contains(node.area.max()),
            "{} is visible",
            node.id
        );
    }
    assert!(test.canvas.view().zoom <= 1.0);
}

#[test]
fn a_click_on_a_node_selects_it_and_a_click_on_nothing_selects_nothing() {
    let test = TestCanvas::open();
    let at = test.on_screen("erp");
    let test = test.press(at.x, at.y).release(MOUSE, at.x + 1.0, at.y);
    assert_eq!((test.selected(), &test.changes[..]), (Some("erp"), &[Change::Selection][..]));
    assert_eq!(test.press(2.0, 2.0).release(MOUSE, 2.0, 2.0).selected(), None);
}

#[test]
fn dragging_moves_the_view_and_selects_nothing() {
    let test = TestCanvas::open();
    let before = test.on_screen("erp");
    let test = test.press(before.x, before.y).move_to(MOUSE, before.x + 50.0, before.y - 20.0);
    assert!(test.canvas.is_grabbing());
    let test = test.release(MOUSE, before.x + 50.0, before.y - 20.0);
    assert!(test.on_screen("erp").distance(before + Point::new(50.0, -20.0)) < 1e-9);
    assert_eq!((test.selected(), test.canvas.gesture()), (None, &Gesture::Idle));
}

#[test]
fn the_space_bar_and_the_middle_button_pan_at_once() {
    let test = TestCanvas::open().send(Input::Space(true)).press(500.0, 300.0);
    assert!(matches!(test.canvas.gesture(), Gesture::Panning { .. }));
    let middle = Input::Press {
        pointer: MOUSE,
        button: PointerButton::Middle,
        at: Point::new(9.0, 9.0),
        with: With::default(),
    };
    assert!(matches!(TestCanvas::open().send(middle).canvas.gesture(), Gesture::Panning { .. }));
}

#[test]
fn the_other_button_is_left_to_the_browser() {
    let right = Input::Press {
        pointer: MOUSE,
        button: PointerButton::Other,
        at: Point::new(9.0, 9.0),
        with: With::default(),
    };
    assert_eq!(TestCanvas::open().send(right).canvas.gesture(), &Gesture::Idle);
}

#[test]
fn the_wheel_pans_and_with_ctrl_it_zooms_at_the_pointer() {
    let test = TestCanvas::open();
    let before = test.on_screen("order");
    let test = test.send(Input::Wheel { at: before, by: Point::new(10.0, 30.0), zoom: false });
    assert!(test.on_screen("order").distance(before - Point::new(10.0, 30.0)) < 1e-9);
    let (held, zoom) = (test.on_screen("order"), test.canvas.view().zoom);
    let test = test.send(Input::Wheel { at: held, by: Point::new(0.0, -120.0), zoom: true });
    assert!(test.canvas.view().zoom > zoom && test.on_screen("order").distance(held) < 1e-9);
}

#[test]
fn two_fingers_moving_apart_zoom_and_what_is_between_them_stays() {
    let test = TestCanvas::open();
    let zoom = test.canvas.view().zoom;
    let held = test.canvas.view().to_canvas(Point::new(500.0, 300.0));
    let test = test.touch(THUMB, 450.0, 300.0).touch(FINGER, 550.0, 300.0);
    let test = test.move_to(THUMB, 400.0, 300.0).move_to(FINGER, 600.0, 300.0);
    assert!((test.canvas.view().zoom / zoom - 2.0).abs() < 1e-9);
    assert!(test.canvas.view().to_screen(held).distance(Point::new(500.0, 300.0)) < 1e-9);
    let test = test.release(THUMB, 400.0, 300.0).release(FINGER, 600.0, 300.0);
    assert_eq!((test.canvas.gesture(), test.selected()), (&Gesture::Idle, None));
}

#[test]
fn a_window_that_loses_its_focus_ends_the_gesture() {
    let test = TestCanvas::open().send(Input::Space(true)).press(5.0, 5.0).send(Input::Interrupt);
    assert!(!test.canvas.is_grabbing());
    let view = test.canvas.view();
    assert_eq!(test.move_to(MOUSE, 300.0, 300.0).canvas.view(), view);
}

#[test]
fn tab_visits_the_nodes_as_the_flow_is_read() {
    let test = TestCanvas::open();
    let order: Vec<&str> = test.canvas.scene().nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(order, ["order", "choose", "erp", "mail", "alarm"]);
}

#[test]
fn arrows_walk_along_the_edges_and_between_siblings() {
    let test = TestCanvas::open().arrow(Direction::Forward);
    assert_eq!(test.selected(), Some("order"), "the first arrow goes to the start");
    let test = test.arrow(Direction::Forward).arrow(Direction::Forward);
    assert_eq!(test.selected(), Some("erp"), "forward takes the upper branch");
    let test = test.arrow(Direction::Down);
    assert_eq!(test.selected(), Some("mail"));
    let test = test.arrow(Direction::Back).arrow(Direction::Back).arrow(Direction::Back);
    assert_eq!(test.selected(), Some("order"), "nothing comes before the start");
}

#[test]
fn a_node_that_takes_the_focus_comes_into_view() {
    let test = TestCanvas::open().send(Input::Wheel {
        at: Point::default(),
        by: Point::new(5_000.0, 0.0),
        zoom: false,
    });
    let test = test.send(Input::Focus("order".into()));
    let visible = test.canvas.view().visible(SCREEN);
    let area = test.canvas.scene().node("order").expect("a node of the flow").area;
    assert!(visible.contains(area.min) && visible.contains(area.max()));
}

#[test]
fn keys_zoom_fit_open_and_let_go() {
    let test = TestCanvas::open().key(Key::ZoomReset);
    assert_eq!(test.canvas.view().zoom, 1.0);
    let test = test.key(Key::ZoomIn).key(Key::ZoomIn).key(Key::ZoomIn).key(Key::ZoomIn);
    assert!((test.canvas.view().zoom - 2.0).abs() < 1e-4);
    let fitted = TestCanvas::open().canvas.view();
    let test = test.key(Key::Fit);
    assert_eq!(test.canvas.view(), fitted);
    let test = test.send(Input::Focus("erp".into())).key(Key::Enter);
    assert_eq!(test.changes, [Change::Open("erp".into())]);
    assert_eq!(test.key(Key::Escape).selected(), None);
}

#[test]
fn a_flow_too_long_for_a_phone_opens_with_the_chosen_node_in_sight() {
    let mut canvas = Canvas::new(Scene::new(&order_flow(), &specs()));
    canvas.select(Some("alarm".into()));
    let phone = Size::new(390.0, 500.0);
    canvas.handle(Input::Resize(phone));
    let visible = canvas.view().visible(phone);
    let area = canvas.scene().node("alarm").expect("a node of the flow").area;
    assert!(visible.contains(area.min) && visible.contains(area.max()));
}

#[test]
fn a_new_window_size_fits_again_until_the_user_has_moved_the_view() {
    let wide = TestCanvas::open().send(Input::Resize(Size::new(400.0, 300.0)));
    assert!(wide.canvas.view().zoom < TestCanvas::open().canvas.view().zoom);
    let moved = TestCanvas::open().key(Key::ZoomReset);
    let view = moved.canvas.view();
    assert_eq!(moved.send(Input::Resize(Size::new(400.0, 300.0))).canvas.view(), view);
}

#[test]
fn the_error_port_is_drawn_only_where_something_is_wired_to_it() {
    let scene = Scene::new(&order_flow(), &specs());
    let ports = |node: &str| {
        scene.node(node).map(|node| node.ports.iter().map(|port| port.port.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(ports("erp"), Some(vec!["out".into(), "error".into()]));
    assert_eq!(ports("mail"), Some(vec!["out".into()]));
    assert_eq!(ports("choose"), Some(vec!["paid".into(), "else".into()]));
    let error = scene.edges.iter().find(|edge| edge.is_error()).expect("the flow wires one error");
    let erp = scene.node("erp").expect("a node of the flow").area;
    assert_eq!(error.curve.from.y, erp.max().y, "errors leave through the floor");
}

#[test]
fn a_pointer_on_an_edge_finds_it() {
    let scene = Scene::new(&order_flow(), &specs());
    let edge = &scene.edges[0];
    assert_eq!(scene.edge_at(edge.curve.middle() + Point::new(0.0, 3.0)), Some(edge));
    assert_eq!(scene.edge_at(Point::new(-500.0, -500.0)), None);
}

#[test]
fn a_flow_without_a_layout_is_laid_out_along_its_edges() {
    let mut flow = order_flow();
    flow.layout.clear();
    let scene = Scene::new(&flow, &specs());
    for edge in &scene.edges {
        let (from, to) = (scene.node(edge.from.node.as_str()), scene.node(edge.to.as_str()));
        let right = from.expect("edge starts at a node").area.max().x;
        assert!(right < to.expect("edge ends at a node").area.min.x, "{} leads to the right", edge.from);
    }
    for (i, a) in scene.nodes.iter().enumerate() {
        assert!(
            scene.nodes[i + 1..].iter().all(|b| !a.area.contains(b.area.centre())),
            "nothing lies on {}",
            a.id
        );
    }
}

#[test]
fn a_loop_in_a_broken_flow_is_still_drawn() {
    let mut flow = order_flow();
    flow.layout.clear();
    flow.edges.push(model::Edge { from: "mail".into(), to: "choose".into() });
    assert_eq!(Scene::new(&flow, &specs()).edges.len(), 5);
}

#[test]
fn an_unknown_operation_is_drawn_with_the_ports_its_edges_name() {
    let scene = Scene::new(&order_flow(), &Specs::default());
    assert_eq!(scene.edges.len(), 4);
    assert!(scene.nodes.iter().all(|node| node.family.is_none()));
}

#[test]
fn the_small_map_holds_the_flow_and_the_screen_and_a_click_on_it_goes_there() {
    let test = TestCanvas::open().key(Key::ZoomReset);
    let size = Size::new(164.0, 96.0);
    let map =
        Minimap::new(test.canvas.scene(), test.canvas.view(), SCREEN, size).expect("the window has a size");
    let frame = Rect::new(0.0, 0.0, size.width, size.height);
    let shown = test.canvas.view().visible(SCREEN);
    for area in test.canvas.scene().nodes.iter().map(|node| node.area).chain([shown]) {
        let on_map = map.on_map(area);
        assert!(frame.contains(on_map.min) && frame.contains(on_map.max()));
    }
    let alarm = test.canvas.scene().node("alarm").expect("a node of the flow").area;
    let there = map.on_canvas(map.on_map(alarm).centre());
    let test = test.send(Input::CentreOn(there));
    assert!(test.on_screen("alarm").distance(Point::new(500.0, 300.0)) < 1e-6);
}

#[test]
fn a_node_grows_with_its_ports_and_never_below_its_size() {
    let mut flow = order_flow();
    let cases: Vec<_> = (0..6).map(|i| json!({"port": format!("p{i}"), "when": "${true}"})).collect();
    flow.nodes[2].with.insert("cases".into(), json!(cases));
    let scene = Scene::new(&flow, &specs());
    let choose = scene.node("choose").expect("a node of the flow");
    assert!(choose.area.size.height > NODE_HEIGHT && choose.area.size.width == NODE_WIDTH);
    assert!(choose.ports.iter().all(|port| choose.area.contains(port.at)));
}

#[test]
fn what_runs_once_per_item_lies_on_a_tint_of_its_own() {
    let flow: FlowDocument = serde_json::from_value(json!({
        "khlong": 1, "id": "lines", "name": "Lines",
        "nodes": [
            {"id": "order", "use": "core/webhook"}, {"id": "each", "use": "core/for_each"},
            {"id": "line", "use": "http/request"}, {"id": "after", "use": "http/request"}
        ],
        "edges": [{"from": "order", "to": "each"}, {"from": "each.item", "to": "line"}, {"from": "each.done", "to": "after"}]
    }))
    .expect("the test's flow is well formed");
    let scene = Scene::new(&flow, &specs());
    let [body] = scene.bodies[..] else { panic!("one body: {:?}", scene.bodies) };
    let inside = |id: &str| {
        scene.node(id).is_some_and(|node| body.contains(node.area.min) && body.contains(node.area.max()))
    };
    assert_eq!([inside("line"), inside("each"), inside("after")], [true, false, false]);
}

#[test]
fn coming_back_shows_what_was_looked_at_last_time() {
    let mut then = TestCanvas::open().canvas;
    assert_eq!(then.chosen_view(), None, "nobody has chosen a view yet");
    then.handle(Input::Key(Key::ZoomIn));
    let kept = then.chosen_view().expect("a chosen view").to_string();

    let mut now = Canvas::new(Scene::new(&order_flow(), &specs()));
    now.return_to(Viewport::from_text(&kept).expect("a view"));
    now.handle(Input::Resize(SCREEN));
    assert_eq!(now.view(), then.view());
}

#[test]
fn a_view_that_would_show_nothing_of_the_flow_is_not_taken_up() {
    let mut canvas = Canvas::new(Scene::new(&order_flow(), &specs()));
    canvas.return_to(Viewport::from_text("90000 0 1").expect("a view"));
    canvas.handle(Input::Resize(SCREEN));
    assert_eq!(canvas.view(), TestCanvas::open().canvas.view());
}

#[test]
fn a_kept_view_that_makes_no_sense_is_none() {
    for text in ["", "1 2", "1 2 3 4", "a b c", "0 0 NaN", "0 0 0", "inf 0 1", "0 0 900"] {
        assert_eq!(Viewport::from_text(text), None, "{text}");
    }
}

#[test]
fn one_node_fills_the_screen_and_the_same_key_leads_back() {
    let test = TestCanvas::open().send(Input::Focus("erp".into()));
    let before = test.canvas.view();
    let test = test.key(Key::Magnify);
    let area = test.canvas.scene().node("erp").expect("a node of the flow").area;
    let (wide, visible) = (area.size.width * test.canvas.view().zoom, test.canvas.view().visible(SCREEN));
    assert!(wide > SCREEN.width * 0.7 && visible.contains(area.min) && visible.contains(area.max()));
    assert_eq!(test.canvas.chosen_view(), Some(before), "what is kept is where one comes back to");
    assert_eq!(test.key(Key::Magnify).canvas.view(), before);
}

#[test]
fn zoomed_by_hand_there_is_no_way_back_and_of_nothing_chosen_nothing_is_magnified() {
    let before = TestCanvas::open().canvas.view();
    assert_eq!(TestCanvas::open().key(Key::Magnify).canvas.view(), before);
    let test = TestCanvas::open().send(Input::Focus("erp".into())).key(Key::Magnify);
    let magnified = test.canvas.view();
    let test = test.key(Key::ZoomReset).key(Key::Magnify);
    assert_eq!(test.canvas.view(), magnified);
}

#[test]
fn a_tab_that_is_hidden_measures_nothing_and_changes_nothing() {
    let test = TestCanvas::open().key(Key::ZoomIn);
    let view = test.canvas.view();
    let test = test.send(Input::Resize(Size::default())).send(Input::Resize(SCREEN));
    assert_eq!(test.canvas.view(), view);

    let mut opened_hidden = Canvas::new(Scene::new(&order_flow(), &specs()));
    opened_hidden.return_to(view);
    opened_hidden.handle(Input::Resize(Size::default()));
    opened_hidden.handle(Input::Resize(SCREEN));
    assert_eq!(opened_hidden.view(), view);
}

#[test]
fn a_fit_that_is_asked_for_while_nothing_is_measured_happens_once_it_is() {
    let mut canvas = Canvas::new(Scene::new(&order_flow(), &specs()));
    canvas.handle(Input::Resize(Size::default()));
    canvas.handle(Input::Key(Key::Fit));
    canvas.handle(Input::Resize(SCREEN));
    assert_eq!(canvas.view(), TestCanvas::open().canvas.view());
}

#[test]
fn a_link_to_a_node_leads_there_wherever_one_looked_the_last_time() {
    let mut canvas = Canvas::new(Scene::new(&order_flow(), &specs()));
    canvas.return_to(Viewport::from_text("0 0 3").expect("a view"));
    canvas.select(Some("alarm".into()));
    canvas.handle(Input::Resize(SCREEN));
    let area = canvas.scene().node("alarm").expect("a node of the flow").area;
    assert!(canvas.view().visible(SCREEN).contains(area.centre()));
}

#[test]
fn groups_are_folded_where_a_flow_is_only_looked_at_and_unfolded_for_what_is_looked_for() {
    let mut flow = order_flow();
    flow.groups.push(model::Group {
        id: "books".into(),
        name: "To the books".into(),
        description: String::new(),
        nodes: vec!["erp".into(), "alarm".into()],
    });
    let mut canvas = Canvas::new(Scene::new(&flow, &specs()));
    canvas.handle(Input::Resize(SCREEN));
    let drawn =
        |canvas: &Canvas| (canvas.drawn_nodes(canvas.seen()).len(), canvas.drawn_edges(canvas.seen()).len());
    assert_eq!(drawn(&canvas), (5, 4));
    let redrawn = canvas.redrawn();
    canvas.fold(&["books".into()].into(), true);
    assert_eq!((drawn(&canvas), canvas.redrawn() > redrawn), ((3, 3), true));
    let group = canvas.scene().groups[0].area;
    let leads_in = canvas.scene().edges.iter().find(|edge| edge.to.as_str() == "erp").expect("it is wired");
    assert_eq!(leads_in.curve.to.x, group.min.x, "the edge ends at the box");

    canvas.handle(Input::Focus("alarm".into()));
    assert_eq!((drawn(&canvas), canvas.folded().len()), ((5, 4), 0));
    assert_eq!(canvas.scene(), &Scene::new(&flow, &specs()));
}

#[test]
fn a_loop_back_is_drawn_around_the_nodes() {
    let mut flow = order_flow();
    flow.edges.push(model::Edge { from: "erp".into(), to: "choose".into() });
    let scene = Scene::new(&flow, &specs());
    let back = scene.edges.last().expect("it is drawn");
    let lowest = |id: &str| scene.node(id).expect("a node of the flow").area.max().y;
    assert!(back.curve.middle().y > lowest("erp").min(lowest("choose")), "{:?}", back.curve.middle());
    assert_eq!(scene.edge_at(back.curve.middle()), Some(back), "and is found where it is drawn");
}
